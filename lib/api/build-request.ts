import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { Api } from './api.ts';
import type { ApiRequest } from './api-request.ts';
import { streams } from './generation-parameters.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiCompletions } from './openai-completions.ts';
import { resolveApi } from './resolve-api.ts';
import { countOf } from './usage-shapes.ts';

/** The APIs by their names. */
const APIS: Readonly<Record<Api['name'], Api>> = { 'openai-chat': openaiChat, 'openai-completions': openaiCompletions };

/** Turns one prompt into one request. */
export function buildRequest(prompt: Prompt, config: RunConfig): ApiRequest {
  const api = APIS[resolveApi(config)];
  const body = api.body(prompt, config);
  const choices = countOf(body['n']) || 1;
  return {
    api,
    url: config.url,
    headers: api.headers(config),
    body: JSON.stringify(body),
    choices,
    mostOutputTokens: mostOutputTokens(body, choices),
    stream: streams(config),
    connectTimeoutMs: config.connectTimeoutS * 1000,
    totalTimeoutMs: config.totalTimeoutS * 1000,
    readTimeoutMs: config.readTimeoutS * 1000,
  };
}

/** How many tokens a body lets a server make, over all choices; null where it sets no limit. */
function mostOutputTokens(body: Readonly<Record<string, unknown>>, choices: number): number | null {
  const limit = countOf(body['max_completion_tokens']) ?? countOf(body['max_tokens']);
  return limit === null ? null : limit * choices;
}
