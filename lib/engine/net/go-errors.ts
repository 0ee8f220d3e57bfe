import { ownValue } from '../../shared/own-value.ts';
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

type Translate = (cause: SystemError, stage: RequestStage, endpoints: Endpoints | null) => GoError;

const fixed =
  (code: number, long: string, short = long): Translate =>
  () => ({ code, short, long });
const dial =
  (code: number, what: string, short?: string): Translate =>
  (cause) => {
    const long = `${dialed(cause)}: ${what}`;
    return { code, short: short ?? long, long };
  };
const lookup =
  (code: number, what: string, short?: string): Translate =>
  ({ hostname }) => {
    const long = `lookup ${hostname}: ${what}`;
    return { code, short: short ?? long, long };
  };
const io =
  (code: number, operation: string, what: string): Translate =>
  (_cause, _stage, endpoints) => {
    const ends = endpoints ? ` ${endpoints.local}->${endpoints.remote}` : '';
    const short = `${operation}: ${what}`;
    return { code, short, long: `${operation} tcp${ends}: ${short}` };
  };
const early: Translate = (_cause, stage) => other(stage === 'headers' ? 'EOF' : 'unexpected EOF');
const reset = io(1220, 'read', 'connection reset by peer');
const openFiles = dial(1210, 'socket: too many open files');
const unknownAuthority = fixed(
  1310,
  'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  'x509: unknown authority',
);
const expired = fixed(1300, 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid');
const notTls = fixed(1000, 'http: server gave HTTP response to HTTPS client');

/** What Go says where Node gives a code. */
const BY_CODE: Readonly<Record<string, Translate>> = {
  ECONNREFUSED: dial(1212, 'connect: connection refused', 'dial: connection refused'),
  ENOTFOUND: lookup(1101, 'no such host', 'lookup: no such host'),
  EAI_NONAME: lookup(1101, 'no such host', 'lookup: no such host'),
  EAI_AGAIN: lookup(1100, 'server misbehaving'),
  // Node gives this code to a connection that ended in good order, but too early, as well.
  ECONNRESET: (cause, ...rest) => (cause.syscall === undefined ? early : reset)(cause, ...rest),
  EPIPE: io(1201, 'write', 'broken pipe'),
  EHOSTUNREACH: dial(1213, 'connect: no route to host'),
  ENETUNREACH: dial(1213, 'connect: network is unreachable'),
  ETIMEDOUT: dial(1211, 'connect: connection timed out'),
  EADDRNOTAVAIL: dial(1210, 'connect: cannot assign requested address'),
  EMFILE: openFiles,
  ENFILE: openFiles,
  HPE_INVALID_EOF_STATE: early,
  HPE_HEADER_OVERFLOW: fixed(1000, `net/http: server response headers exceeded ${MAX_RESPONSE_HEADERS} bytes; aborted`),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: expired,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ message }) => ({
    code: 1311,
    short: "x509: certificate doesn't match hostname",
    long: `tls: ${message}`,
  }),
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  EPROTO: notTls,
};

/**
 * Translates an error of Node.
 *
 * @param endpoints of the connection; null when there was none yet
 */
export function toGoError(error: unknown, stage: RequestStage, endpoints: Endpoints | null): GoError {
  const cause = lastCause(error);
  if (cause instanceof ProxyConnectError) {
    return other(`proxyconnect tcp: ${toGoError(cause.cause, stage, endpoints).long}`);
  }
  if (cause instanceof DialTimeout) return { code: 1211, short: 'dial: i/o timeout', long: 'dial tcp: i/o timeout' };
  const translate = ownValue(BY_CODE, cause.code ?? '');
  return translate?.(cause, stage, endpoints) ?? other(describe(cause, stage));
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

function other(text: string): GoError {
  return { code: 1000, short: text, long: text };
}

function dialed({ address, port }: SystemError): string {
  if (address === undefined) return 'dial tcp';
  return `dial tcp ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Go's frame around an error of a request: `Post "http://…": …`. */
export function inRequest(method: string, url: string, text: string): string {
  const verb = method === '' ? 'Get' : method[0]!.toUpperCase() + method.slice(1).toLowerCase();
  return `${verb} ${JSON.stringify(url)}: ${text}`;
}
