import { now } from './clock.ts';
import type { Compressor } from './compressors.ts';
import { type Exchange, handToSocket } from './exchange.ts';
import type { Write } from './pack-writes.ts';
import type { StreamEnd } from './step.ts';
import { recordEvents } from './timings-log.ts';

/**
 * Between the last bytes and a reset. A reader that finds both at once may never learn of the reset: libuv reports the
 * end of the stream then, not an error.
 */
const RESET_PAUSE_MS = 20;

/**
 * Sends writes at their times, one after the other, and records when each was done. The last step ends the answer.
 *
 * Steps are drawn one by one as time goes on. A reader that does not keep up holds its own stream back; what was
 * missed is caught up, because the times are absolute.
 */
export function playWrites(
  steps: Iterator<Write | StreamEnd>,
  exchange: Exchange,
  compressor: Compressor | null,
): void {
  const { response, timing } = exchange;

  function next(): void {
    const step = steps.next();
    if (step.done || exchange.isOver()) return;
    const { value } = step;
    const isReset = 'end' in value && value.end === 'reset';
    exchange.after(isReset ? now() - timing.arrivalMs + RESET_PAUSE_MS : value.due, () => play(value));
  }

  function play(step: Write | StreamEnd): void {
    if ('end' in step) {
      if (compressor !== null && step.end === 'end') handToSocket(response, compressor.finish());
      exchange.end(step);
      return;
    }
    const { from, at, mayGoOn } = handToSocket(
      response,
      compressor === null ? step.bytes : compressor.encode(step.bytes),
    );
    recordEvents(timing, step.events, from, at);
    timing.maxLateMs = Math.max(timing.maxLateMs, from - timing.arrivalMs - step.due);
    if (mayGoOn) setNext();
    else response.once('drain', next);
  }

  // A stream without pauses must not keep the event loop to itself, nor fill the stack.
  let inARow = 0;
  function setNext(): void {
    inARow = (inARow + 1) % 16;
    if (inARow === 0) setImmediate(next);
    else next();
  }

  next();
}
