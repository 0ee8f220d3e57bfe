import type { RunConfig } from '../config/run-config.ts';
import type { ApiRequest } from './api-request.ts';
import { resolveApi } from './resolve-api.ts';

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
