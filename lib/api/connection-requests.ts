import type { RunConfig } from '../config/parameters.ts';
import type { ApiRequest } from './api.ts';
import { findApi } from './apis.ts';

/** More tokens than this are not asked for where a whole answer has to be waited for; OpenAI's Responses refuse fewer than 16. */
const SHORT_ANSWER_TOKENS = 16;

/** The same request for an answer of a few tokens: the limit lowered, and no least number that would stand against it. */
export function shortenAnswer(request: ApiRequest): ApiRequest {
  const { min_tokens: _, ...body } = JSON.parse(request.body) as Record<string, unknown>;
  for (const field of [...request.api.limitFields, 'max_new_tokens']) {
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
  const { input, limitFields } = findApi(config);
  const hello = input({ messages: [{ role: 'user', content: 'hello' }] });
  return {
    url: config.url,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: config.model, ...hello, [limitFields[0]]: 1 }),
  };
}
