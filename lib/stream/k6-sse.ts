import sse, { type SseClient } from 'k6/x/sse';
import type { ApiRequest } from '../request/api-request.ts';
import type { Milliseconds } from '../shared/units.ts';
import { type Clock, type Exchange, MAX_TEXT } from './exchange.ts';
import { sendWhole } from './k6-http.ts';

/** Whether this transport sees the events of a stream one by one. */
export const SEES_EVENTS = true;

/** What xk6-sse calls a line that is no SSE field: the body of an error, HTML. The stream goes on after it. */
const UNKNOWN_EVENT = 'unknown event: ';

/**
 * Sends one request through `k6/x/sse`, or, when it asks for no stream, through `k6/http`.
 *
 * The event handler takes the clock and keeps the text; everything else waits until the stream is over, because a slow
 * handler holds the stream back and moves the timestamps that follow. `close()` is called on every way out: without it
 * k6 keeps a descriptor and two goroutines per request, and after a read error `sse.open` never returns.
 */
export async function send(request: ApiRequest, now: Clock): Promise<Exchange> {
  if (!request.stream) return sendWhole(request, now);
  const times: Milliseconds[] = [];
  const data: string[] = [];
  let client: SseClient | null = null;
  let open = true;
  let done = false;
  let error = '';
  let text = '';
  let last = now();
  const close = (): void => {
    open = false;
    client?.close();
  };
  const params = {
    method: 'POST',
    headers: { ...request.headers },
    body: request.body,
    timeout: `${request.totalTimeoutMs}ms`,
    tags: { name: 'completion' },
  };
  try {
    const response = await sse.open(request.url, params, (opened) => {
      client = opened;
      opened.on('event', (event) => {
        const time = now();
        if (!open) return;
        const payload = event.data;
        if (time - last > request.readTimeoutMs) {
          error = `read timeout: no event for ${Math.round(time - last)} ms`;
          close();
        } else if (payload !== '') {
          if (payload.length < 12 && payload.trim() === '[DONE]') {
            done = true;
            close();
          } else {
            times.push(time);
            data.push(payload);
          }
        }
        last = time;
      });
      opened.on('error', (problem) => {
        const message = problem.error();
        if (message.startsWith(UNKNOWN_EVENT)) {
          if (text.length < MAX_TEXT) text += message.slice(UNKNOWN_EVENT.length);
        } else if (open) {
          error = message;
          close();
        }
      });
    });
    return {
      status: response.status,
      headers: response.headers,
      error: error || response.error,
      times,
      data,
      done,
      text,
      firstByteMs: null,
      endMs: now(),
    };
  } finally {
    close();
  }
}
