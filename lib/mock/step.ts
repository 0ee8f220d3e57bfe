import type { Milliseconds } from '../shared/units.ts';

/** What an event of a stream carries. `empty` is content of no characters, `other` what no client should count. */
export const CHUNK_KINDS = [
  'role',
  'content',
  'reasoning',
  'tool',
  'finish',
  'usage',
  'done',
  'ping',
  'empty',
  'error',
  'malformed',
  'other',
] as const;

export type ChunkKind = (typeof CHUNK_KINDS)[number];

/** One event of a stream. */
export interface StreamEvent {
  /** Since the arrival of the request. */
  readonly due: Milliseconds;
  readonly kind: ChunkKind;
  /** True output tokens in it. */
  readonly tokens: number;
  /** The payload of the data line; the whole text, lines included, where it is `raw`. */
  readonly data: string;
  readonly raw?: true;
  /** The name of the event, for its `event:` line. */
  readonly name?: string;
}

/**
 * The end of a stream: in good order, by a reset, by closing inside the chunked body, or silent: nothing comes any more,
 * and the connection stays open until the client goes.
 */
export interface StreamEnd {
  readonly due: Milliseconds;
  readonly end: 'end' | 'reset' | 'truncate' | 'silent';
  /** The fault that made it end before its time, or null. */
  readonly fault: 'reset' | 'truncate' | 'cut' | 'error' | 'silent' | 'raw' | 'refused' | null;
}

export type Step = StreamEvent | StreamEnd;

/** Whether an event carries output, and so counts as "chunk N" of the faults. */
export function isOutput(event: StreamEvent): boolean {
  return event.tokens > 0;
}
