import type { Api } from '../api/api.ts';
import { openaiChat } from '../api/openai-chat.ts';
import { openaiCompletions } from '../api/openai-completions.ts';
import { countOf } from '../api/usage-shapes.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import type { ApiRequest } from './api-request.ts';
import { streams } from './generation-parameters.ts';
import { resolveApi } from './resolve-api.ts';

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

/** More tokens than this are not asked for where a whole answer has to be waited for. */
const SHORT_ANSWER_TOKENS = 10;

/** Names that services give to the most tokens of an answer. */
const LIMIT_FIELDS = ['max_tokens', 'max_completion_tokens', 'max_new_tokens'];

/** The same request for an answer of a few tokens: the limit lowered, and no least number that would stand against it. */
export function shortenAnswer(request: ApiRequest): ApiRequest {
  const { min_tokens: _, ...body } = JSON.parse(request.body) as Record<string, unknown>;
  for (const field of LIMIT_FIELDS) {
    const limit = body[field];
    if (typeof limit === 'number') body[field] = Math.min(limit, SHORT_ANSWER_TOKENS);
  }
  return { ...request, body: JSON.stringify(body) };
}

/**
 * A request to the same place that holds nothing of the user's: no key, no header, no prompt. What it asks for costs a server
 * that takes it one token.
 */
export function buildBareRequest(config: RunConfig): Pick<ApiRequest, 'url' | 'headers' | 'body'> {
  const input =
    resolveApi(config) === 'openai-chat' ? { messages: [{ role: 'user', content: 'hello' }] } : { prompt: 'hello' };
  return {
    url: config.url,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: config.model, ...input, max_tokens: 1 }),
  };
}
