import type { Turn } from '../dataset/prompt.ts';
import { isWhole, type JsonObject } from '../shared/json.ts';
import type { Milliseconds } from '../shared/units.ts';

/** One request of a recorded trace. */
export interface TraceRow {
  /** Since whatever the trace counts from; null where it has no times. */
  readonly at_ms: Milliseconds | null;
  /** What rows of one conversation have in common; null: it is a conversation of its own. */
  readonly session: string | null;
  /** The whole prompt, as it was sent. */
  readonly turn: Turn;
  /** Turns that follow, where a row is a whole conversation. */
  readonly next?: readonly Turn[];
  /** Tokens of the whole prompt where its text is not known, which the next row of the session is held against. */
  readonly input_tokens?: number;
}

/** How a kind of traces is written. Its row is in `formats.ts`. */
export interface TraceFormat {
  /** As `--format` names it. */
  readonly name: string;
  /** What it is of, and how it is written, for the documents. */
  readonly written: string;
  /** Whether an object, or a row of CSV by its columns, is of this format. */
  fits(row: JsonObject): boolean;
  /** The requests of one object, or why there is none, as it continues "line 3: ". */
  read(row: JsonObject): readonly TraceRow[] | string;
}

/** Numbers from here on are not seconds since a start, but milliseconds, microseconds and nanoseconds since 1970. */
const EPOCHS: readonly (readonly [from: number, perMs: number])[] = [
  [1e17, 1e6],
  [1e14, 1e3],
  [1e11, 1],
];

/**
 * A moment as files have it, in milliseconds: a number of seconds, or of what its size tells, or a date, without a zone in
 * UTC; null where it is neither.
 */
export function readMoment(value: unknown): Milliseconds | null {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string' || value.trim() === '') return null;
  const text = value.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return fromNumber(Number(text));
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return null;
  const [, plain = '', fraction = '', zone = ''] = /^([^.+Z]{16,19})(\.\d+)?(.*)$/i.exec(text.replace(' ', 'T')) ?? [];
  const ms = Date.parse(`${plain}${zone === '' ? 'Z' : zone.trim()}`);
  return Number.isNaN(ms) ? null : ms + Number(`0${fraction}`) * 1000;
}

function fromNumber(value: number): Milliseconds | null {
  if (!Number.isFinite(value)) return null;
  const [, perMs] = EPOCHS.find(([from]) => value >= from) ?? [0, null];
  return perMs === null ? value * 1000 : value / perMs;
}

/** A count from 0, which CSV has as text; null where it is none. */
export function readCount(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return isWhole(number, 0) ? number : null;
}

/** What a trace counted, as a turn has it: 0 says as little as null. */
export function toLimits(output: number | null, limit: number | null): Pick<Turn, 'output_tokens' | 'max_tokens'> {
  return { ...(output ? { output_tokens: output } : {}), ...(limit ? { max_tokens: limit } : {}) };
}

/** A prompt of which only the length is known. */
export function ofLength(tokens: number, output: number | null): Turn {
  return {
    messages: [{ role: 'user', content: undefined, tokens: Math.max(1, tokens) }],
    ...toLimits(output, null),
  };
}
