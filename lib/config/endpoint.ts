import { findApi, findApiOfPath } from '../api/apis.ts';
import { formatHttpUrl, type HttpUrl } from './http-url.ts';

/** Endings of APIs that are not spoken here: a base never ends like this. */
const OTHER_ENDPOINTS = /\/(embeddings|reranks?)$/;

const ENDS_IN_VERSION = /\/v\d[^/]*$/;

/** The endpoint to send to, or why the URL does not fit the API, with the URL that would. */
export type Endpoint =
  | { readonly state: 'value'; readonly url: string }
  | { readonly state: 'refused'; readonly why: string; readonly better: string };

/**
 * Completes a base URL, as evalscope does: the path of the API is appended unless the URL's ends in it already. A bare host
 * gets `/v1` in front of it, since every server has it there; so does a base without a version where those of the API have
 * none, as `https://api.deepseek.com/anthropic`. User information is left out of the result.
 *
 * @param name of the API, or `openai` for that of the URL
 */
export function completeEndpoint(url: HttpUrl, name: string): Endpoint {
  const path = url.path.replace(/\/+$/, '');
  const there = findApiOfPath(path);
  const api = findApi({ api: name, url: path });
  const base = there === null ? path.replace(OTHER_ENDPOINTS, '') : path.slice(0, -there.path.length);
  const lacksVersion = base === '' || (there === null && api.basesLackVersion === true && !ENDS_IN_VERSION.test(base));
  const better = formatHttpUrl({ ...url, path: `${base}${lacksVersion ? '/v1' : ''}${api.path}` });
  if (OTHER_ENDPOINTS.test(path)) return { state: 'refused', why: 'an endpoint of another API', better };
  if (there !== null && there !== api)
    return { state: 'refused', why: `an endpoint of ${there.name}, with api ${name}`, better };
  return { state: 'value', url: there === null ? better : formatHttpUrl({ ...url, path }) };
}
