import type { Delta } from '../api/delta.ts';

/** Events per block. Joined, a block of usual chunks stays under what k6's garbage collector takes for a large object. */
export const BLOCK_EVENTS = 32;

/** Ends every event in a block: where it is alone, one event ends and the next begins. */
export const EVENT_END = '\n';

/** Events and ends of one block. */
export const BLOCK_SLOTS = BLOCK_EVENTS * 2;

/** Made at the first use: a script's top level runs in every VU. */
let emptyBlock: string[] | null = null;

/** Events `from` to `to` (excluded) of a stream as they came: event, `EVENT_END`, event, `EVENT_END` and so on. */
interface RawEvents {
  readonly kind: 'raw';
  readonly from: number;
  readonly to: number;
  /** At most `BLOCK_EVENTS` of them. */
  readonly block: readonly string[];
}

/** Events `from` to `to` (excluded) that differ in their text alone, of which nothing else is kept. */
export interface AlikeEvents {
  readonly kind: 'alike';
  readonly from: number;
  readonly to: number;
  /** What each of them is; its `text` is that of another event. */
  readonly delta: Delta;
  /** Their texts in order, several in one; empty where no text is wanted. */
  readonly texts: readonly string[];
}

/** Events from `from` on that were read one by one while the stream ran. */
export interface EarlyEvents {
  readonly kind: 'read';
  readonly from: number;
  readonly deltas: readonly Delta[];
}

export type EventPart = RawEvents | AlikeEvents | EarlyEvents;

/** The `data` of one stream's events, in order. */
export interface EventTexts {
  readonly length: number;
  readonly parts: readonly EventPart[];
  /** What events call themselves (`event: …`), by their index, where the name may say more than the data. */
  readonly names: ReadonlyMap<number, string> | null;
}

/** A block to be filled: events go to the even places. In k6 a sixth of the time that `slice` takes. */
export function newBlock(): string[] {
  emptyBlock ??= Array.from({ length: BLOCK_SLOTS }, () => EVENT_END);
  return Array.of.apply(Array, emptyBlock) as string[];
}

/** Lays out texts. */
export function toEventTexts(texts: readonly string[], names: EventTexts['names'] = null): EventTexts {
  const parts: RawEvents[] = [];
  for (let from = 0; from < texts.length; from += BLOCK_EVENTS) {
    const to = Math.min(from + BLOCK_EVENTS, texts.length);
    parts.push({ kind: 'raw', from, to, block: texts.slice(from, to).flatMap((text) => [text, EVENT_END]) });
  }
  return { length: texts.length, parts, names };
}

/** The first events in one text of at least so many characters, if there are so many, each with its end. */
export function joinFirstEvents({ parts }: EventTexts, characters: number): string {
  let joined = '';
  for (const part of parts) {
    if (part.kind === 'read') continue;
    for (const text of part.kind === 'raw' ? part.block : part.texts) {
      if (joined.length >= characters) return joined;
      joined += text.slice(0, characters);
    }
  }
  return joined;
}

/** The events of a block, or of a part of one, in one text. In k6 half the time of `join`, and a third where some are not ASCII. */
export function joinBlock(block: readonly string[]): string {
  return ''.concat.apply('', block as string[]);
}
