import type { RunConfig } from '../config/parameters.ts';
import { anthropic } from './anthropic.ts';
import type { Api } from './api.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiCompletions } from './openai-completions.ts';
import { openaiResponses } from './openai-responses.ts';

/** Every API: `--api`, the URLs that are recognised, help, tags and records follow from these rows. The first is the default. */
const APIS: readonly Api[] = [openaiChat, openaiCompletions, openaiResponses, anthropic];

// Functions alone are exported: k6 loads this room with the first request of a VU (esbuild.lazy-part.mjs).

export function listApis(): readonly Api[] {
  return APIS;
}

/** The API whose path a URL's path ends in, the longest one; null where it is none's. */
export function findApiOfPath(path: string): Api | null {
  const fitting = APIS.filter((api) => path.replace(/\/+$/, '').endsWith(api.path));
  return fitting.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/** The API that a run speaks: the one that it names, or, for `openai`, that of the URL. */
export function findApi({ api, url }: Pick<RunConfig, 'api' | 'url'>): Api {
  const named = APIS.find(({ name, aliases }) => name === api || aliases.includes(api));
  return named ?? findApiOfPath(url.split(/[?#]/, 1)[0] ?? '') ?? (APIS[0] as Api);
}

/** The environment variable with the key of a run: that of the vendor whose host it is, whatever the API, else that of the API. */
export function findKeyVariable(config: Pick<RunConfig, 'api' | 'url'>): string {
  const [, host = ''] = /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#:]*)/i.exec(config.url.trim().toLowerCase()) ?? [];
  const ofHost = APIS.find(({ vendorHost }) => host === vendorHost || host.endsWith(`.${vendorHost}`));
  return (ofHost ?? findApi(config)).keyVariable;
}

/** Settings that other APIs have a field for, and this one has not. The seed is more than a field: it is that of the run. */
export function listMissingSettings({ fields }: Api): string[] {
  const all = new Set(APIS.flatMap((api) => Object.keys(api.fields)));
  return [...all].filter((name) => name !== 'seed' && !Object.hasOwn(fields, name));
}
