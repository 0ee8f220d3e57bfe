import type { Milliseconds } from '../shared/units.ts';
import { createEventKeeper } from './event-keeper.ts';
import { BLOCK_EVENTS, BLOCK_SLOTS, newBlock } from './event-texts.ts';
import { type Clock, type Exchange, MAX_TEXT } from './exchange.ts';

/** What xk6-sse calls a line that is no SSE field: the body of an error, HTML. The stream goes on after it. */
const UNKNOWN_EVENT = 'unknown event: ';

/** What a chunk begins with. `[DONE]`, blanks and nothing at all sort before it, so that one comparison tells them. */
const CHUNK_START = '{';

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
 * handler holds the stream back and moves the timestamps that follow. Of a long answer, the texts are looked at once
 * in 32 events, in about 30 us, and forgotten where they are alike: else they would fill the memory. In k6 each step of it
 * costs every event about 0.1 us, so what is seldom (a ping, `[DONE]`, a timeout) is told by two comparisons and handled
 * elsewhere.
 * @param readTimeoutMs the longest time without any event
 * @param closeStream may be called more than once
 * @param keepText whether the texts of events are wanted that differ in nothing else
 */
export function createEventRecorder(
  clock: Clock,
  readTimeoutMs: Milliseconds,
  closeStream: () => void,
  keepText: boolean,
): EventRecorder {
  const times: Milliseconds[] = [];
  const keeper = createEventKeeper(keepText);
  let block = newBlock();
  /** Where the next event goes in the block. */
  let slot = 0;
  let count = 0;
  let done = false;
  let error = '';
  let text = '';
  let closed = false;
  /** The last event that was not kept, a ping; at first the start. */
  let lastSeldom = clock.currentTestRunDuration;
  /** No read timeout is possible up to here: one limit after some earlier event. */
  let safeUntil = lastSeldom + readTimeoutMs;

  function close(): void {
    closed = true;
    safeUntil = Number.NEGATIVE_INFINITY;
    closeStream();
  }

  function takeSeldom(payload: string, time: Milliseconds): void {
    if (closed) return;
    const silence = time - Math.max(lastSeldom, times[count - 1] ?? lastSeldom);
    safeUntil = time + readTimeoutMs;
    if (silence > readTimeoutMs) {
      error = `read timeout: no event for ${Math.round(silence)} ms`;
      close();
    } else if (payload.trim() === '[DONE]') {
      done = true;
      close();
    } else if (payload === '') {
      lastSeldom = time;
    } else {
      keep(payload, time);
    }
  }

  function keep(payload: string, time: Milliseconds): void {
    times[count++] = time;
    block[slot] = payload;
    slot += 2;
    if (slot === BLOCK_SLOTS) endBlock();
  }

  function endBlock(): void {
    block = keeper.take(block, count - BLOCK_EVENTS);
    slot = 0;
  }

  return {
    onEvent: (event) => {
      const time = clock.currentTestRunDuration;
      const payload = event.data;
      if (time > safeUntil || payload < CHUNK_START) {
        takeSeldom(payload, time);
      } else {
        // As `keep` does; calling it costs 0.1 us.
        times[count++] = time;
        block[slot] = payload;
        slot += 2;
        if (slot === BLOCK_SLOTS) endBlock();
      }
    },
    onError: (message) => {
      if (message.startsWith(UNKNOWN_EVENT)) {
        if (text.length < MAX_TEXT) text += message.slice(UNKNOWN_EVENT.length);
      } else if (!closed) {
        error = message;
        close();
      }
    },
    close,
    finish: () => {
      const from = count - slot / 2;
      const last = { kind: 'raw', from, to: count, block: block.slice(0, slot) } as const;
      const parts = slot === 0 ? keeper.parts : [...keeper.parts, last];
      return { times, data: { length: count, parts }, done, error, text };
    },
  };
}
