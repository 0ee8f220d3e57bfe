import { type Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
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

/** What comes back for a request. */
interface ResponseListener {
  /** Instead of a response. */
  onError(error: Error): void;
  /** @param connectionError the first error of the connection, which goes before what it leaves of the response */
  onResponse(response: IncomingMessage, connectionError: () => Error | null): void;
  /** After a response that hands its connection over to another protocol: nothing more is read. */
  onUpgrade(): void;
}

/** Follows a request up to the head of its response; a head that Go refuses is an error in Go's words. */
export function followRequest(request: ClientRequest, listener: ResponseListener): void {
  let cause: Error | null = null;
  let hasResponse = false;
  const onHead = (response: IncomingMessage): void => {
    hasResponse = true;
    const fault = headFault(response);
    if (fault === null) listener.onResponse(response, () => cause);
    else {
      listener.onError(new Error(fault));
      request.destroy();
    }
  };
  request.on('error', (error) => {
    cause ??= error;
    if (!hasResponse) listener.onError(error);
  });
  request.on('response', onHead);
  request.on('upgrade', (response, socket) => {
    onHead(response);
    socket.destroy();
    listener.onUpgrade();
  });
}

/** What Go refuses in the head of a response and Node's lenient parser lets pass, in Go's words; null for nothing. */
function headFault({ rawHeaders, httpVersion }: IncomingMessage): string | null {
  const codings: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (value.includes('\0')) return broken(`malformed MIME header line: ${JSON.stringify(`${name}: ${value}`)}`);
    if (name.toLowerCase() === 'transfer-encoding') codings.push(value);
  }
  const [coding = 'chunked'] = codings;
  if (httpVersion === '1.0') return null;
  if (codings.length > 1) return broken(`too many transfer encodings: ${JSON.stringify(codings)}`);
  return coding.toLowerCase() === 'chunked' ? null : broken(`unsupported transfer encoding: ${JSON.stringify(coding)}`);
}

function broken(what: string): string {
  return `net/http: HTTP/1.x transport connection broken: ${what}`;
}

/** About so long. */
const STATUS_LINE = 30;

/** Ends a request whose interim responses (1xx) have more headers together than a response may have. */
function limitInterimHeaders(request: ClientRequest): void {
  let size = 0;
  request.on('information', ({ rawHeaders }) => {
    size += rawHeaders.reduce((sum, text) => sum + text.length + 2, STATUS_LINE);
    if (size > MAX_RESPONSE_HEADERS) request.destroy(Object.assign(new Error(), { code: 'HPE_HEADER_OVERFLOW' }));
  });
}

/** Whether only the end of the connection marks the end of the body, so that an error there leaves it cut. */
export function endsWithConnection({ headers, statusCode }: IncomingMessage): boolean {
  if (statusCode === 204 || statusCode === 304) return false;
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}
