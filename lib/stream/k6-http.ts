import http, { type RefinedParams, type RefinedResponse } from 'k6/http';
import type { ApiRequest } from '../api/api.ts';
import { isSuccess } from '../shared/http-status.ts';
import type { Milliseconds } from '../shared/units.ts';
import { toEventTexts } from './event-texts.ts';
import { type Clock, noAnswer, type ReceivedAnswer } from './received-answer.ts';
import { hasSameOrigin, redirectTarget } from './redirect.ts';
import { splitEvents } from './split-events.ts';

/** Of a body that is not a stream. */
const NO_EVENTS = { data: [], names: null, done: false, text: '' };

/** Whether this transport sees the events of a stream one by one. */
export const SEES_EVENTS = false;

/** Connections are kept by `k6/http`, and its timings say what connecting took. */
export const OWNS_CONNECTIONS = true;

/** A stream's events come without times, since `k6/http` hands over a whole body. */
export { sendWhole as send };

/** How many redirects are followed, as by Go. */
const MOST_REDIRECTS = 10;

/**
 * Sends one request and waits for the complete body. A redirect that repeats the request is followed within its origin;
 * k6 itself would follow it anywhere, and hand the user's headers on.
 *
 * First byte: what k6 times before it (`blocked`, which holds connecting and TLS, sending, waiting), so it starts where TTFT
 * starts.
 *
 * `throw`: without it k6 logs a warning for every request that fails, with the URL and whatever key is in it.
 */
export async function sendWhole(request: ApiRequest, clock: Clock): Promise<ReceivedAnswer> {
  const startMs = clock.currentTestRunDuration;
  let url = request.url;
  let response: RefinedResponse<'text'>;
  let lastStartMs = startMs;
  let connectMs = 0;
  try {
    if (request.flaw) throw request.flaw;
    for (let redirects = 0; ; redirects++) {
      lastStartMs = clock.currentTestRunDuration;
      response = await post({ ...request, url }, Math.max(1, request.totalTimeoutMs - (lastStartMs - startMs)));
      connectMs += response.timings.blocked;
      const target = REPEATING.includes(response.status) ? redirectTarget(url, response) : null;
      if (target === null || !hasSameOrigin(target, url)) break;
      if (redirects === MOST_REDIRECTS) throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
      url = target;
    }
  } catch (error) {
    return noAnswer(error, clock.currentTestRunDuration);
  }
  const endMs = clock.currentTestRunDuration;
  const { timings } = response;
  const body = typeof response.body === 'string' ? response.body : '';
  const { isLines, endOf } = request.api;
  const isStream = request.stream && isSuccess(response.status) && (isLines === true || !/^\s*[{<]/.test(body));
  const events = isLines === true ? body.replace(/^(?=\{)/gm, 'data: ').replace(/\n/g, '\n\n') : body;
  const { data, names, done, text } = isStream ? splitEvents(events, endOf) : NO_EVENTS;
  const firstByteMs = lastStartMs - startMs + timings.blocked + timings.sending + timings.waiting;
  return {
    status: response.status,
    headers: response.headers,
    error: response.error,
    times: null,
    data: toEventTexts(data, names),
    done,
    text: isStream ? text : body,
    // k6's timers and the run's clock are two: a first byte is never later than the end.
    firstByteMs: Math.min(firstByteMs, endMs - startMs),
    endMs,
    connectMs,
    ...(url === request.url ? {} : { redirectedTo: url }),
  };
}

/** The redirects that keep method and body; after the others Go would send GET, which no completion answers. */
const REPEATING: readonly number[] = [307, 308];

function post({ url, headers, body }: ApiRequest, timeoutMs: Milliseconds): Promise<RefinedResponse<'text'>> {
  return http.asyncRequest('POST', url, body, {
    headers: { ...headers },
    timeout: `${timeoutMs}ms`,
    redirects: 0,
    tags: { name: 'completion' },
    responseType: 'text',
    throw: true,
  } as RefinedParams<'text'>);
}
