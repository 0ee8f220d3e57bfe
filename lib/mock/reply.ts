import type { OutgoingHttpHeaders } from 'node:http';
import type { Milliseconds } from '../shared/units.ts';
import type { Call } from './call.ts';
import type { MockOptions } from './knobs.ts';
import type { ErrorDetail, MockApi } from './mock-api.ts';
import type { StreamEnd } from './step.ts';

/** An answer that carries no tokens: a status with its body, or bytes that are not an answer of HTTP's, and an end. */
export type Reply =
  | {
      readonly status: number;
      readonly headers?: OutgoingHttpHeaders;
      /** `null` closes the connection without a body or a length; without the field there is neither. */
      readonly body?: string | null;
      /** What the timings call it. */
      readonly fault: string | null;
    }
  | { readonly raw: string; readonly end: StreamEnd['end']; readonly fault: StreamEnd['fault'] };

export function sendReply(
  call: Call,
  options: MockOptions,
  reply: Reply,
  due: Milliseconds = options.slowHeadersMs,
): void {
  const { response, timing } = call;
  if ('raw' in reply) {
    if (reply.raw !== '') response.socket?.write(reply.raw);
    call.end({ due: 0, end: reply.end, fault: reply.fault });
    return;
  }
  const { status, body, headers, fault } = reply;
  timing.fault = fault;
  call.after(due, () => {
    // Without chunks and without a length the end of the connection ends the body (RFC 9112, section 6.3).
    if (body === null) response.useChunkedEncodingByDefault = false;
    const ending = body === null ? { connection: 'close' } : {};
    const length = typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {};
    call.sendHeaders(status, { ...headers, ...ending, ...length, ...connectionHeader(options) });
    if (body) response.write(body);
    call.end({ due, end: 'end', fault: null });
  });
}

/** An error as the API writes it, or in the shape that the knobs ask for. */
export function errorReply(
  api: MockApi,
  options: MockOptions,
  status: number,
  detail: ErrorDetail = {},
  fault: string | null = null,
): Reply {
  const end = options.errorNewline ? '\n' : '';
  const { type, body } = {
    json: { type: 'application/json', body: api.error(status, detail) + end },
    html: { type: 'text/html', body: errorPage(status, detail.key ?? null) + end },
    empty: { type: 'application/json', body: '' },
    none: { type: null, body: null },
  }[options.errorBody];
  const headers: OutgoingHttpHeaders = {
    ...(type === null ? {} : { 'content-type': type }),
    ...(options.retryAfter === null ? {} : { 'retry-after': options.retryAfter }),
  };
  return { status, headers, body, fault };
}

export function jsonReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body, fault: 'refused' };
}

export function redirectReply(status: number, location: string): Reply {
  return { status, headers: { location }, body: '', fault: 'redirect' };
}

export function connectionHeader(options: MockOptions): OutgoingHttpHeaders {
  return options.closeConnection ? { connection: 'close' } : {};
}

function errorPage(status: number, key: string | null): string {
  const detail = key === null ? '' : `<p>Key: ${key}</p>`;
  return `<html><head><title>${status}</title></head><body><h1>${status} from the gateway</h1>${detail}</body></html>`;
}
