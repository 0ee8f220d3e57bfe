import sse, { type SseClient, type SseResponse } from 'k6/x/sse';
import type { ApiRequest } from '../api/api.ts';
import { asksForGzip, headersForGo } from './headers-for-go.ts';
import { sendWhole } from './k6-http.ts';
import type { Clock, ReceivedAnswer } from './received-answer.ts';
import { createEventRecorder, type EventRecorder } from './record-events.ts';

/** Whether this transport sees the events of a stream one by one. */
export const SEES_EVENTS = true;

/** Whether a stream can keep its connection, and says what connecting took: the Node engine's does, xk6-sse does not. */
export const OWNS_CONNECTIONS = sse.ownsConnections === true;

/** What the headers of a VU's last request became: as a rule all of its requests have the same. */
let sent: ReturnType<typeof prepareHeaders> | null = null;

function prepareHeaders(request: ApiRequest) {
  const { headers: of, url } = request;
  return { of, url, headers: headersForGo(request), isGzip: asksForGzip(of) };
}

/**
 * Sends one request through `k6/x/sse`, or, when it asks for no stream, through `k6/http`.
 *
 * `close()` is called on every way out: without it k6 keeps a descriptor and two goroutines per request, and after a read
 * error `sse.open` never returns.
 * @param isEnough closes the stream after the first event for which it says so; without it the stream runs to its end
 */
export async function send(
  request: ApiRequest,
  clock: Clock,
  keepText: boolean,
  isEnough?: (data: string, name: string) => boolean,
): Promise<ReceivedAnswer> {
  if (!request.stream || request.flaw) return sendWhole(request, clock);
  if (sent?.of !== request.headers || sent.url !== request.url) sent = prepareHeaders(request);
  const { isGzip } = sent;
  let client: SseClient | null = null;
  let hasLeft = false;
  const recorder = createEventRecorder(
    clock,
    request.readTimeoutMs,
    () => client?.close(hasLeft),
    keepText,
    request.api,
  );
  const leave = (): void => {
    hasLeft = true;
    recorder.close();
  };
  const params = {
    method: 'POST',
    headers: sent.headers,
    body: request.body,
    timeout: `${request.totalTimeoutMs}ms`,
    connectTimeout: `${request.connectTimeoutMs}ms`,
    readTimeout: `${request.readTimeoutMs}ms`,
    keepConnection: request.keepConnection,
    tags: { name: 'completion' },
  };
  try {
    const response = await sse.open(request.url, params, (opened) => {
      client = opened;
      const take = isEnough === undefined ? recorder.onEvent : untilEnough(recorder, isEnough, leave);
      opened.on('event', take);
      opened.on('error', (problem) => recorder.onError(problem.error(), take));
    });
    const endMs = response.endMs ?? clock.currentTestRunDuration;
    const seen = recorder.finish();
    return {
      ...seen,
      text: isPacked(response, seen.text) ? '' : seen.text + (response.rest ?? ''),
      status: response.status,
      headers: response.headers,
      error: seen.error || response.error,
      firstByteMs: null,
      endMs,
      connectMs: response.connectMs ?? null,
      ...(response.url !== '' && response.url !== request.url ? { redirectedTo: response.url } : {}),
      ...(hasLeft ? { left: true } : {}),
      ...(isGzip || response.inflated ? { inflated: response.inflated ?? null } : {}),
    };
  } finally {
    recorder.close();
  }
}

/** Whether a text is the lines of a body that is still compressed. */
function isPacked({ headers }: SseResponse, text: string): boolean {
  return text.includes('\uFFFD') && headers['Content-Encoding'] !== undefined;
}

function untilEnough(
  { onEvent }: EventRecorder,
  isEnough: (data: string, name: string) => boolean,
  leave: () => void,
): EventRecorder['onEvent'] {
  return (event) => {
    onEvent(event);
    if (isEnough(event.data, event.name)) leave();
  };
}
