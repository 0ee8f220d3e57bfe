import type { Api } from './api.ts';
import { listInputApis } from './input-apis.ts';

declare global {
  /** The APIs that a k6 script brings along beside those that every script has. */
  var llmPerfApis: (() => readonly Api[]) | undefined;
}

/** The APIs that are not in every k6 script: in k6 those that the script brings along (esbuild.lazy-part.mjs). */
export function listMoreApis(): readonly Api[] {
  return [...listInputApis(), ...(globalThis.llmPerfApis?.() ?? [])];
}
