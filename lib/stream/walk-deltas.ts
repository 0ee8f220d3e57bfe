import type { Api } from '../api/api.ts';
import type { Delta } from '../api/delta.ts';
import { createDeltaReader, type DeltaRun } from './delta-reader.ts';
import { BLOCK_EVENTS, type EventTexts } from './event-texts.ts';

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
 * The result is that of reading each with the API. Looks that fail become shorter, so a stream without like events
 * in a row costs little more than reading it one by one.
 * @param readEvent the API's
 * @param keepText whether texts are wanted
 */
export function walkDeltas(
  data: EventTexts,
  readEvent: Api['readEvent'],
  keepText: boolean,
  listener: DeltaListener,
): void {
  const reader = createDeltaReader(readEvent, keepText);
  const { names } = data;
  const end = data.length - CLOSING_EVENTS;
  let length = BLOCK_EVENTS;
  let mayBeAlike = false;

  function walkBlock(block: readonly string[], from: number, to: number): void {
    let index = from;
    while (index < to) {
      const lookTo = Math.min(index + length, to, end);
      const run = mayBeAlike && lookTo - index >= SHORTEST_RUN ? readRun(block, index - from, lookTo - from) : null;
      if (run !== null) {
        listener.onRun(run, index, lookTo);
        index = lookTo;
        length = Math.min(length * STEP, BLOCK_EVENTS);
      } else if (mayBeAlike && lookTo - index >= SHORTEST_RUN * STEP) {
        length = Math.floor((lookTo - index) / STEP);
      } else {
        const readTo = mayBeAlike ? Math.min(index + SHORTEST_RUN, to) : index + 1;
        for (; index < readTo; index++) {
          const delta = reader.read(block[(index - from) * 2] as string, names?.get(index) ?? '');
          mayBeAlike = delta.hasOutput;
          listener.onDelta(delta, index);
        }
        if (length < SHORTEST_RUN * STEP) length = SHORTEST_RUN;
      }
    }
  }

  function readRun(block: readonly string[], from: number, to: number): DeltaRun | null {
    return reader.readRun((to - from) * 2 === block.length ? block : block.slice(from * 2, to * 2));
  }

  for (const part of data.parts) {
    if (part.kind === 'raw') walkBlock(part.block, part.from, part.to);
    else listener.onRun({ delta: part.delta, text: part.texts.join('') }, part.from, part.to);
  }
}
