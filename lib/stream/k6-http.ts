import http, { type RefinedParams, type RefinedResponse } from 'k6/http';
import type { ApiRequest } from '../request/api-request.ts';
import type { Milliseconds } from '../shared/units.ts';
import { toEventTexts } from './event-texts.ts';
import type { Clock, Exchange } from './exchange.ts';
import { splitEvents } from './split-events.ts';

/** Whether this transport sees the events of a stream one by one. */
export const SEES_EVENTS = false;

/** Sends one request through `k6/http`, which hands over a whole body: a stream's events come without times. */
export async function send(request: ApiRequest, clock: Clock): Promise<Exchange> {
  return sendWhole(request, clock);
}

/**
 * Sends one request and waits for the complete body.
 *
 * First byte: everything k6 times before it (waiting for a connection, connect, TLS, sending, waiting), so it starts
 * where TTFT starts.
 *
 * `throw`: without it k6 logs a warning for every request that fails, with the URL and whatever key is in it.
 */
export async function sendWhole(request: ApiRequest, clock: Clock): Promise<Exchange> {
  let response: RefinedResponse<'text'>;
  try {
    response = await http.asyncRequest('POST', request.url, request.body, {
      headers: { ...request.headers },
      timeout: `${request.totalTimeoutMs}ms`,
      tags: { name: 'completion' },
      responseType: 'text',
      throw: true,
    } as RefinedParams<'text'>);
  } catch (error) {
    return withoutResponse(error, clock.currentTestRunDuration);
  }
  const endMs = clock.currentTestRunDuration;
  const { timings } = response;
  const body = typeof response.body === 'string' ? response.body : '';
  const isStream = request.stream && response.status === 200 && !/^\s*[{<]/.test(body);
  const { data, done } = isStream ? splitEvents(body) : { data: [], done: false };
  return {
    status: response.status,
    headers: response.headers,
    error: response.error,
    times: null,
    data: toEventTexts(data),
    done,
    text: isStream ? '' : body,
    firstByteMs: timings.blocked + timings.connecting + timings.tls_handshaking + timings.sending + timings.waiting,
    endMs,
  };
}

function withoutResponse(error: unknown, endMs: Milliseconds): Exchange {
  const text = String(error).replace(/^(?:Go)?Error: /, '');
  return {
    status: 0,
    headers: {},
    error: text,
    times: null,
    data: toEventTexts([]),
    done: false,
    text: '',
    firstByteMs: null,
    endMs,
  };
}
