import { findApi, findApiOfPath, findEnding } from '../api/apis.ts';
import { formatHttpUrl, type HttpUrl } from './http-url.ts';

/** Endings of APIs that this script may not hold: a base never ends like this. */
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
  const api = findApi({ api: name, url: path });
  const first = findApiOfPath(path);
  const ending = (first === null ? OTHER_ENDPOINTS.exec(path)?.[0] : findEnding(first, path)) ?? '';
  // Two APIs may share a path.
  const there = first !== null && findEnding(api, path) === ending ? api : first;
  const base = path.slice(0, path.length - ending.length);
  const lacksVersion = base === '' || (there === null && api.basesLackVersion === true && !ENDS_IN_VERSION.test(base));
  const version = lacksVersion ? (api.version ?? '/v1') : '';
  const better = formatHttpUrl({ ...url, path: `${base}${version}${api.path}` });
  if (there === null && ending !== '') return { state: 'refused', why: 'an endpoint of another API', better };
  if (there !== null && there !== api)
    return { state: 'refused', why: `an endpoint of ${there.name}, with api ${name}`, better };
  return { state: 'value', url: there === null ? better : formatHttpUrl({ ...url, path }) };
}
