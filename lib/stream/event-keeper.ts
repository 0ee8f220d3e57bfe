import type { Api } from '../api/api.ts';
import { createDeltaReader } from './delta-reader.ts';
import { type AlikeEvents, BLOCK_EVENTS, newBlock, type RawEvents } from './event-texts.ts';

/**
 * So many events are kept as they are. Most answers are shorter: reading them when the stream is over costs less, since k6
 * then has nothing else in its caches, and holds no stream back.
 */
const RAW_EVENTS = 1024;
/** After so many blocks in a row that are not alike, no more are looked at: the server's chunks are all different. */
const MOST_FAILED_LOOKS = 4;

/** Keeps the full blocks of one stream. */
export interface EventKeeper {
  /**
   * Takes a full block.
   *
   * @param from index of its first event
   * @returns the block to fill next: the same one when nothing of it is needed any more
   */
  readonly take: (block: string[], from: number) => string[];
  readonly parts: readonly (RawEvents | AlikeEvents)[];
}

/**
 * Creates a keeper that forgets the texts of like events of a long answer: of a chunk of 220 bytes a count remains, and its
 * time. Else 100 answers of 32,000 tokens fill 2 GB.
 * @param keepText whether what the model wrote is wanted
 */
export function createEventKeeper(readEvent: Api['readEvent'], keepText: boolean): EventKeeper {
  const reader = createDeltaReader(readEvent, keepText);
  const parts: (RawEvents | AlikeEvents)[] = [];
  let failedLooks = 0;
  let open: { kind: 'alike'; from: number; to: number; delta: AlikeEvents['delta']; texts: string[] } | null = null;

  function take(block: string[], from: number): string[] {
    const to = from + BLOCK_EVENTS;
    const run = from >= RAW_EVENTS && failedLooks < MOST_FAILED_LOOKS ? reader.readRun(block) : null;
    if (run === null) {
      if (from >= RAW_EVENTS) failedLooks += 1;
      // The shape of the last event is the best guess for the next block.
      if (to >= RAW_EVENTS && failedLooks < MOST_FAILED_LOOKS) reader.read(block[block.length - 2] as string, '');
      parts.push({ kind: 'raw', from, to, block });
      open = null;
      return newBlock();
    }
    failedLooks = 0;
    if (open?.delta !== run.delta) {
      open = { kind: 'alike', from, to, delta: run.delta, texts: [] };
      parts.push(open);
    }
    open.to = to;
    if (keepText) open.texts.push(run.text);
    return block;
  }

  return { take, parts };
}
