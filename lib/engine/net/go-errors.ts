import { DialTimeout, ProxyConnectError } from './connector.ts';

/** Go's limit for the head of a response, names and values together. */
export const MAX_RESPONSE_HEADERS = 10_485_760;

/** A failed request in k6's words: the code and text of `k6/http`, and the text that Go's client gives. */
export interface GoError {
  /** k6's `error_code`. */
  readonly code: number;
  /** k6's `error` of a response. */
  readonly short: string;
  /** Go's text: `dial tcp 127.0.0.1:1: connect: connection refused`. */
  readonly long: string;
}

/** Where a request stood when it failed: before response headers, or in the body. */
export type RequestStage = 'headers' | 'body';

/** The ends of a connection, as Go prints them. */
export interface Endpoints {
  readonly local: string;
  readonly remote: string;
}

/**
 * Translates an error of Node.
 *
 * @param endpoints of the connection; null when there was none yet
 */
export function toGoError(error: unknown, stage: RequestStage, endpoints: Endpoints | null): GoError {
  const cause = lastCause(error);
  if (cause instanceof ProxyConnectError) {
    const { long } = toGoError(cause.cause, stage, endpoints);
    return other(1000, `proxyconnect tcp: ${long}`);
  }
  if (cause instanceof DialTimeout) {
    return { code: 1211, short: 'dial: i/o timeout', long: 'dial tcp: i/o timeout' };
  }
  switch (cause.code) {
    case 'ECONNREFUSED':
      return { code: 1212, short: 'dial: connection refused', long: dial(cause, 'connection refused') };
    case 'ENOTFOUND':
    case 'EAI_NONAME':
      return { code: 1101, short: 'lookup: no such host', long: lookup(cause, 'no such host') };
    case 'EAI_AGAIN':
      return other(1100, lookup(cause, 'server misbehaving'));
    case 'ECONNRESET':
      // Node gives this code to a connection that ended in good order, but too early, as well.
      if (cause.syscall === undefined) return other(1000, stage === 'headers' ? 'EOF' : 'unexpected EOF');
      return {
        code: 1220,
        short: 'read: connection reset by peer',
        long: io('read', endpoints, 'connection reset by peer'),
      };
    case 'EPIPE':
      return { code: 1201, short: 'write: broken pipe', long: io('write', endpoints, 'broken pipe') };
    case 'EHOSTUNREACH':
      return other(1213, dial(cause, 'no route to host'));
    case 'ENETUNREACH':
      return other(1213, dial(cause, 'network is unreachable'));
    case 'ETIMEDOUT':
      return other(1211, dial(cause, 'connection timed out'));
    case 'EADDRNOTAVAIL':
      return other(1210, dial(cause, 'cannot assign requested address'));
    case 'EMFILE':
    case 'ENFILE':
      return other(1210, `${dialed(cause)}: socket: too many open files`);
    case 'HPE_INVALID_EOF_STATE':
      return other(1000, stage === 'headers' ? 'EOF' : 'unexpected EOF');
    case 'HPE_HEADER_OVERFLOW':
      return other(1000, `net/http: server response headers exceeded ${MAX_RESPONSE_HEADERS} bytes; aborted`);
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        code: 1310,
        short: 'x509: unknown authority',
        long: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      };
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return other(1300, 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return { code: 1311, short: "x509: certificate doesn't match hostname", long: `tls: ${cause.message}` };
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return other(1000, 'http: server gave HTTP response to HTTPS client');
    default:
      return other(1000, describe(cause, stage));
  }
}

/** Go's words for the errors that come in families. */
function describe({ code = '', message }: SystemError, stage: RequestStage): string {
  if (code.startsWith('HPE_')) {
    return stage === 'headers'
      ? `net/http: HTTP/1.x transport connection broken: malformed HTTP response: ${message}`
      : `malformed chunked encoding: ${message}`;
  }
  if (/^(?:ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_)/.test(code)) return `tls: ${message}`;
  return message;
}

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/** The last attempt of a connection that was tried on several addresses. */
function lastCause(error: unknown): SystemError {
  if (error instanceof AggregateError && error.errors.length > 0) return lastCause(error.errors.at(-1));
  return error instanceof Error ? error : new Error(String(error));
}

function other(code: number, text: string): GoError {
  return { code, short: text, long: text };
}

function dial(cause: SystemError, what: string): string {
  return `${dialed(cause)}: connect: ${what}`;
}

function dialed({ address, port }: SystemError): string {
  if (address === undefined) return 'dial tcp';
  return `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function lookup({ hostname }: SystemError, what: string): string {
  return `lookup ${hostname}: ${what}`;
}

function io(operation: string, endpoints: Endpoints | null, what: string): string {
  const ends = endpoints ? ` ${endpoints.local}->${endpoints.remote}` : '';
  return `${operation} tcp${ends}: ${operation}: ${what}`;
}

/** Go's frame around an error of a request: `Post "http://…": …`. */
export function inRequest(method: string, url: string, text: string): string {
  const verb = method === '' ? 'Get' : method[0]!.toUpperCase() + method.slice(1).toLowerCase();
  return `${verb} ${JSON.stringify(url)}: ${text}`;
}
