import { formatHttpUrl, type HttpUrl } from './http-url.ts';
import type { ApiName } from './run-config.ts';

/** Endings of evalscope's other APIs: a base never ends like this, and their bodies differ. */
const OTHER_ENDPOINTS = /\/(responses|embeddings|reranks?|messages)$/;

/** The endpoint to send to, or why the URL does not fit the API, with the URL that would. */
export type Endpoint =
  | { readonly state: 'value'; readonly url: string }
  | { readonly state: 'refused'; readonly why: string; readonly better: string };

/**
 * Completes a base URL, as evalscope does: `/chat/completions` (or `/completions` for `openai-completions`) is appended
 * unless the path already ends in an endpoint. A bare host gets `/v1` in front of it, since every server of this API
 * has it there. User information is left out of the result.
 */
export function completeEndpoint(url: HttpUrl, api: ApiName): Endpoint {
  const path = url.path.replace(/\/+$/, '');
  const wanted = api === 'openai-completions' ? '/completions' : '/chat/completions';
  const isChat = path.endsWith('/chat/completions');
  const isCompletions = !isChat && path.endsWith('/completions');
  const base = path.replace(/\/(chat\/)?completions$/, '').replace(OTHER_ENDPOINTS, '');
  const better = formatHttpUrl({ ...url, path: `${base === '' ? '/v1' : base}${wanted}` });
  if (OTHER_ENDPOINTS.test(path)) return { state: 'refused', why: 'an endpoint of another API', better };
  if (isChat && api === 'openai-completions')
    return { state: 'refused', why: `a chat endpoint, with api ${api}`, better };
  if (isCompletions && api === 'openai-chat')
    return { state: 'refused', why: `a completions endpoint, with api ${api}`, better };
  return { state: 'value', url: isChat || isCompletions ? formatHttpUrl({ ...url, path }) : better };
}
