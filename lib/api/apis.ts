import type { RunConfig } from '../config/parameters.ts';
import { anthropic } from './anthropic.ts';
import type { Api } from './api.ts';
import { gemini } from './gemini.ts';
import { listMoreApis } from './more-apis.ts';
import { ollama } from './ollama.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiCompletions } from './openai-completions.ts';
import { openaiResponses } from './openai-responses.ts';
import { tgi } from './tgi.ts';

/** Every API: `--api`, the URLs that are recognised, help, tags and records follow from these rows. The first is the default. */
const APIS: readonly Api[] = [openaiChat, openaiCompletions, openaiResponses, anthropic, gemini, ollama, tgi];

// Functions alone are exported: k6 loads this room with the first request of a VU (esbuild.lazy-part.mjs).

export function listApis(): readonly Api[] {
  return [...APIS, ...listMoreApis()];
}

/** The API whose path a URL's path ends in, the longest one; null where it is none's. */
export function findApiOfPath(path: string): Api | null {
  const length = (api: Api): number => findEnding(api, path)?.length ?? 0;
  const fitting = listApis().filter((api) => length(api) > 0);
  return fitting.sort((a, b) => length(b) - length(a))[0] ?? null;
}

/** What a URL's path ends in that is the API's; null where it is not of this API. */
export function findEnding({ path: own, ending }: Api, path: string): string | null {
  const plain = path.replace(/\/+$/, '');
  if (ending !== undefined) return ending.exec(plain)?.[0] ?? null;
  return plain.endsWith(own) ? own : null;
}

/** The API that a run speaks: the one that it names, or, for `openai`, that of the URL. */
export function findApi({ api, url }: Pick<RunConfig, 'api' | 'url'>): Api {
  const all = listApis();
  const named =
    all.find(({ isCustom }) => isCustom) ?? all.find(({ name, aliases }) => name === api || aliases.includes(api));
  return named ?? findApiOfPath(url.split(/[?#]/, 1)[0] ?? '') ?? (APIS[0] as Api);
}

/** The environment variable with the key of a run: that of the vendor whose host it is, whatever the API, else that of the API. */
export function findKeyVariable(config: Pick<RunConfig, 'api' | 'url'>): string {
  const [, host = ''] = /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#:]*)/i.exec(config.url.trim().toLowerCase()) ?? [];
  const ofHost = listApis().find(({ vendorHost }) => host === vendorHost || host.endsWith(`.${vendorHost}`));
  return (ofHost ?? findApi(config)).keyVariable;
}

/**
 * Settings that other APIs have a field for, and this one has not. The seed is more than a field: it is that of the run; and so
 * are the model and the stream, which may be in the URL.
 */
export function listMissingSettings({ fields }: Api): string[] {
  const all = new Set(listApis().flatMap((api) => Object.keys(api.fields)));
  return [...all].filter((name) => !['seed', 'model', 'stream'].includes(name) && !Object.hasOwn(fields, name));
}
