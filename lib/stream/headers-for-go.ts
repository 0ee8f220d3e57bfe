import type { ApiRequest } from '../api/api.ts';

/**
 * The headers of a request as `sse.open` is to get them.
 *
 * - `Accept-Encoding: gzip` is left out: Go then asks for gzip itself and undoes it, while it hands over what a script asked
 *   for as it comes.
 * - `Referer`, where the URL has a query: on a redirect Go would send the whole URL there, and it may hold a key.
 */
export function headersForGo({ url, headers }: Pick<ApiRequest, 'url' | 'headers'>): Record<string, string> {
  const kept = Object.entries(headers).filter((header) => !isLeftToGo(header));
  const [withoutQuery = '', query] = url.split('?', 2);
  const hasReferer = kept.some(([name]) => name.toLowerCase() === 'referer');
  return {
    ...(query === undefined || hasReferer ? {} : { Referer: withoutQuery }),
    ...Object.fromEntries(kept),
  };
}

/** Whether the request asks for gzip, which `sse.open` undoes then, and takes from the headers of the answer. */
export function asksForGzip(headers: ApiRequest['headers']): boolean {
  return Object.entries(headers).some(isLeftToGo);
}

function isLeftToGo([name, value]: readonly [string, string]): boolean {
  return name.toLowerCase() === 'accept-encoding' && value.trim().toLowerCase() === 'gzip';
}
