import type { Delta } from './delta.ts';
import { createDeltaReader, type DeltaRun } from './delta-reader.ts';
import { BLOCK_EVENTS, type EventTexts, eventAt } from './event-texts.ts';

/** Fewer events than this are read one by one: looking at them together costs as much. */
const SHORTEST_RUN = 8;
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
export function walkDeltas(data: EventTexts, keepText: boolean, listener: DeltaListener): void {
  const reader = createDeltaReader(keepText);
  let length = BLOCK_EVENTS;
  let mayBeAlike = false;
  let index = 0;
  while (index < data.length) {
    const blockEnd = Math.min(index - (index % BLOCK_EVENTS) + BLOCK_EVENTS, data.length);
    const to = Math.min(index + length, blockEnd, data.length - CLOSING_EVENTS);
    const run = mayBeAlike && to - index >= SHORTEST_RUN ? reader.readRun(eventsOf(data, index, to)) : null;
    if (run !== null) {
      listener.onRun(run, index, to);
      index = to;
      length = Math.min(length * STEP, BLOCK_EVENTS);
    } else if (mayBeAlike && to - index >= SHORTEST_RUN * STEP) {
      length = Math.floor((to - index) / STEP);
    } else {
      const end = mayBeAlike ? Math.min(index + SHORTEST_RUN, blockEnd) : index + 1;
      while (index < end) {
        const delta = reader.read(eventAt(data, index));
        mayBeAlike = delta.hasOutput;
        listener.onDelta(delta, index);
        index += 1;
      }
      if (length < SHORTEST_RUN * STEP) length = SHORTEST_RUN;
    }
  }
}

/** Events `from` to `to` (excluded), all of one block, with their ends. */
function eventsOf({ blocks }: EventTexts, from: number, to: number): readonly string[] {
  const block = blocks[Math.floor(from / BLOCK_EVENTS)] as readonly string[];
  const start = from % BLOCK_EVENTS;
  const count = to - from;
  return count * 2 === block.length ? block : block.slice(start * 2, (start + count) * 2);
}
