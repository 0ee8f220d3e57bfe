import type { Delta } from './delta.ts';
import { createDeltaReader, type DeltaRun } from './delta-reader.ts';

/** Fewer events than this are read one by one: looking at them together costs as much. */
const SHORTEST_RUN = 8;
/** As many events as are looked at together at most: joining more makes strings that a garbage collector keeps apart. */
const LONGEST_RUN = 64;
/** By how much the next look is shorter after one that failed, and longer after one that did not. */
const STEP = 4;
/** A stream ends in a few events of other shapes: a finish reason, usage. */
const CLOSING_EVENTS = 2;

/** What is told of the events, in their order. */
export interface DeltaListener {
  onDelta(delta: Delta, index: number): void;
  /** Events `from` to `to` (excluded) differ in their text alone. All carry output, none a finish reason or usage. */
  onRun(run: DeltaRun, from: number, to: number): void;
}

/**
 * Reads the events of one stream: many at once where they are alike, which is nearly everywhere, the others one by one.
 *
 * The result is that of reading each with `parseDelta`. Looks that fail become shorter, so a stream without like events
 * in a row costs little more than reading it one by one.
 * @param keepText whether texts are wanted
 */
export function walkDeltas(data: readonly string[], keepText: boolean, listener: DeltaListener): void {
  const reader = createDeltaReader(keepText);
  let length = LONGEST_RUN;
  let mayBeAlike = false;
  let index = 0;
  while (index < data.length) {
    const to = Math.min(index + length, data.length - CLOSING_EVENTS);
    const run = mayBeAlike && to - index >= SHORTEST_RUN ? reader.readRun(data.slice(index, to)) : null;
    if (run !== null) {
      listener.onRun(run, index, to);
      index = to;
      length = Math.min(length * STEP, LONGEST_RUN);
    } else if (mayBeAlike && to - index >= SHORTEST_RUN * STEP) {
      length = Math.floor((to - index) / STEP);
    } else {
      const end = mayBeAlike ? Math.min(index + SHORTEST_RUN, data.length) : index + 1;
      while (index < end) {
        const delta = reader.read(data[index] as string);
        mayBeAlike = delta.hasOutput;
        listener.onDelta(delta, index);
        index += 1;
      }
      if (length < SHORTEST_RUN * STEP) length = SHORTEST_RUN;
    }
  }
}
