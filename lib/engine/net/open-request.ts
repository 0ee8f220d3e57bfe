import { type Agent, type ClientRequest, type RequestOptions, request } from 'node:http';
import { limitInterimHeaders } from './check-head.ts';
import { proxyCredentials } from './connector.ts';
import { MAX_RESPONSE_HEADERS } from './go-errors.ts';
import { bareHost } from './proxy.ts';
import type { RequestTarget } from './redirect.ts';

/** Where a request gets its connection: from a pool, or one of its own. */
export type ConnectionSource = { readonly agent: Agent } | Required<Pick<RequestOptions, 'createConnection'>>;

/**
 * Begins an HTTP/1.1 request; its body is still to be sent, with `end`.
 *
 * A response is read as leniently as Go reads it: line feeds alone in its head, 10 MB of headers.
 * @throws {Error} for a URL, method or header that cannot be sent
 */
export function openRequest(target: RequestTarget, proxy: URL | null, source: ConnectionSource): ClientRequest {
  const url = new URL(target.url);
  const { protocol, pathname, search, origin } = url;
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new Error(`unsupported protocol scheme "${protocol.slice(0, -1)}"`);
  }
  const isForwarded = proxy !== null && protocol === 'http:';
  const begun = request({
    ...source,
    method: target.method,
    host: bareHost(url),
    port: url.port || null,
    defaultPort: protocol === 'https:' ? 443 : 80,
    path: `${isForwarded ? origin : ''}${pathname}${search}`,
    headers: {
      connection: 'keep-alive',
      ...target.headers,
      ...(isForwarded ? proxyCredentials(proxy) : {}),
      ...(target.body === null ? {} : { 'content-length': Buffer.byteLength(target.body) }),
    },
    insecureHTTPParser: true,
    maxHeaderSize: MAX_RESPONSE_HEADERS,
  });
  limitInterimHeaders(begun);
  return begun;
}
