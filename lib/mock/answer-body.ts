import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Milliseconds } from '../shared/units.ts';
import { type Exchange, sendHeaders } from './exchange.ts';
import type { MockOptions } from './knobs.ts';
import type { ErrorDetail, MockApi } from './mock-api.ts';

/** A body that carries no tokens; `null` closes the connection without a body or a length. */
export function answerBody(
  exchange: Exchange,
  options: MockOptions,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | null,
  due: Milliseconds = options.slowHeadersMs,
): void {
  exchange.after(due, () => {
    const { response } = exchange;
    // Without chunks and without a length the end of the connection ends the body (RFC 9112, section 6.3).
    if (body === null) response.useChunkedEncodingByDefault = false;
    const ending = body === null ? { connection: 'close' } : { 'content-length': Buffer.byteLength(body) };
    sendHeaders(exchange, status, { ...headers, ...ending, ...connectionHeader(options) });
    if (body) response.write(body);
    exchange.end({ due, end: 'end', fault: null });
  });
}

/** Answers with an error, in the shape that the knobs ask for. */
export function answerError(exchange: Exchange, options: MockOptions, status: number, detail: ErrorDetail = {}): void {
  const { type, body } = errorBody(exchange.api, options, status, detail);
  const headers: OutgoingHttpHeaders = {
    ...(type === null ? {} : { 'content-type': type }),
    ...(options.retryAfter === null ? {} : { 'retry-after': options.retryAfter }),
  };
  answerBody(exchange, options, status, headers, type === null ? null : body);
}

export function connectionHeader(options: MockOptions): OutgoingHttpHeaders {
  return options.closeConnection ? { connection: 'close' } : {};
}

/** Whether the request may pass; the key is compared here and kept nowhere. */
export function hasKey(request: IncomingMessage, options: MockOptions, { keyHeader }: MockApi): boolean {
  const sent = keyHeader === 'authorization' ? bearerKey(request) : request.headers[keyHeader];
  return options.requireKey === null || sent === options.requireKey;
}

/** The key that a request came with; it is kept nowhere. */
export interface Keys {
  /** Empty without one; only the shapes that say it back look at it. */
  readonly sent: string;
  /** For error messages: null unless the knob asks them to show it. */
  readonly shown: string | null;
}

export function keysOf(request: IncomingMessage, options: MockOptions): Keys {
  const key = bearerKey(request);
  const other = request.headers['x-api-key'] ?? request.headers['api-key'] ?? '';
  const sent = key ?? String(other);
  return { sent, shown: options.echoKey && sent !== '' ? sent : null };
}

function bearerKey(request: IncomingMessage): string | null {
  const value = request.headers.authorization;
  return value?.startsWith('Bearer ') ? value.slice('Bearer '.length) : null;
}

/** The bytes of an error answer in the shape that the knobs ask for; `type` null means no body and no length. */
function errorBody(
  api: MockApi,
  options: MockOptions,
  status: number,
  detail: ErrorDetail,
): { readonly type: string | null; readonly body: string } {
  const end = options.errorNewline ? '\n' : '';
  switch (options.errorBody) {
    case 'json':
      return { type: 'application/json', body: api.error(status, detail) + end };
    case 'html':
      return { type: 'text/html', body: errorPage(status, detail.key ?? null) + end };
    case 'empty':
      return { type: 'application/json', body: '' };
    case 'none':
      return { type: null, body: '' };
    default:
      return options.errorBody satisfies never;
  }
}

function errorPage(status: number, key: string | null): string {
  const detail = key === null ? '' : `<p>Key: ${key}</p>`;
  return `<html><head><title>${status}</title></head><body><h1>${status} from the gateway</h1>${detail}</body></html>`;
}
