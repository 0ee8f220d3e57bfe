import type { Milliseconds } from '../shared/units.ts';
import { type Clock, type Exchange, MAX_TEXT } from './exchange.ts';

/** What xk6-sse calls a line that is no SSE field: the body of an error, HTML. The stream goes on after it. */
const UNKNOWN_EVENT = 'unknown event: ';

/** `[DONE]` and the blanks that a server may put around it; every chunk of a completion is longer. */
const LONGEST_DONE = 11;

/** Keeps the events of one stream with their times, and ends it when it is done or cannot go on. */
export interface EventRecorder {
  /** The handler of `event`. */
  readonly onEvent: (event: { readonly data: string }) => void;
  /** Takes the text of an `error`. */
  readonly onError: (message: string) => void;
  /** Ends the stream from outside; what it still hands over does not count. */
  readonly close: () => void;
  /** What was kept. */
  readonly finish: () => Pick<Exchange, 'data' | 'done' | 'error' | 'text'> & { readonly times: Milliseconds[] };
}

/**
 * Creates the handlers of one stream.
 *
 * The event handler takes the clock and keeps the text; everything else waits until the stream is over, because a slow
 * handler holds the stream back and moves the timestamps that follow. In k6 each step of it costs every event about
 * 0.1 us, so what is seldom (a ping, `[DONE]`, a timeout) is told by two comparisons and handled elsewhere.
 * @param readTimeoutMs the longest time without any event
 * @param closeStream may be called more than once
 */
export function createEventRecorder(now: Clock, readTimeoutMs: Milliseconds, closeStream: () => void): EventRecorder {
  const times: Milliseconds[] = [];
  const data: string[] = [];
  let count = 0;
  let done = false;
  let error = '';
  let text = '';
  /** How many events counted when the stream was closed. */
  let kept: number | null = null;
  /** The last event that was not kept, a ping; at first the start. */
  let lastSeldom = now();
  /** No read timeout is possible up to here: one limit after some earlier event. */
  let safeUntil = lastSeldom + readTimeoutMs;

  function close(): void {
    kept ??= count;
    closeStream();
  }

  function takeSeldom(payload: string, time: Milliseconds): void {
    if (kept !== null) return;
    const silence = time - Math.max(lastSeldom, times[count - 1] ?? lastSeldom);
    safeUntil = time + readTimeoutMs;
    if (silence > readTimeoutMs) {
      error = `read timeout: no event for ${Math.round(silence)} ms`;
      close();
    } else if (payload.length <= LONGEST_DONE && payload.trim() === '[DONE]') {
      done = true;
      close();
    } else if (payload === '') {
      lastSeldom = time;
    } else {
      times[count] = time;
      data[count++] = payload;
    }
  }

  return {
    onEvent: (event) => {
      const time = now();
      const payload = event.data;
      if (time > safeUntil || payload.length <= LONGEST_DONE) {
        takeSeldom(payload, time);
      } else {
        times[count] = time;
        data[count++] = payload;
      }
    },
    onError: (message) => {
      if (message.startsWith(UNKNOWN_EVENT)) {
        if (text.length < MAX_TEXT) text += message.slice(UNKNOWN_EVENT.length);
      } else if (kept === null) {
        error = message;
        close();
      }
    },
    close,
    finish: () => {
      times.length = kept ?? count;
      data.length = kept ?? count;
      return { times, data, done, error, text };
    },
  };
}
