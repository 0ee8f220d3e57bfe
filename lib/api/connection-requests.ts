import type { RunConfig } from '../config/parameters.ts';
import type { ApiRequest } from './api.ts';
import { findApi } from './apis.ts';
import { gather, spread } from './body-groups.ts';

/** More tokens than this are not asked for where a whole answer has to be waited for; OpenAI's Responses refuse fewer than 16. */
const SHORT_ANSWER_TOKENS = 16;

/** The same request for an answer of a few tokens: the limit lowered, and without a minimum that would contradict it. */
export function shortenAnswer(request: ApiRequest): ApiRequest {
  const { api } = request;
  const { min_tokens: _, ...whole } = JSON.parse(request.body) as Record<string, unknown>;
  const body: Record<string, unknown> = { ...spread(whole, api) };
  for (const field of [...api.limitFields, 'max_new_tokens']) {
    const limit = body[field];
    if (typeof limit === 'number') body[field] = Math.min(limit, SHORT_ANSWER_TOKENS);
  }
  return { ...request, body: JSON.stringify(gather(body, api)) };
}

/**
 * A request to the same place that holds nothing of the user's: no key, no header, no prompt. What it asks for costs a server
 * that takes it one token.
 */
export function buildBareRequest(config: RunConfig): Pick<ApiRequest, 'url' | 'headers' | 'body'> {
  const api = findApi(config);
  const { model, url } = config;
  const [limit] = api.limitFields;
  // The file of a user's own makes bodies with a key in them, perhaps.
  if (api.isCustom === true) return { url, headers: { 'Content-Type': 'application/json' }, body: '{}' };
  const body = {
    ...(api.fields.model === undefined ? {} : { [api.fields.model]: model }),
    ...spread(api.input({ messages: [{ role: 'user', content: 'hello' }] }, model), api),
    ...(limit === undefined ? {} : { [limit]: 1 }),
  };
  return {
    url: api.urlOf?.(url, { model, stream: false }) ?? url,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(gather(body, api)),
  };
}
