import type { RequestRecord } from '../measure/request-record.ts';
import { OTHER_REASON } from '../metrics/finish-reason-tag.ts';

/** At most so many words, and notes, are counted apart: a server may send another one every time. */
const MOST_KEYS = 20;

/** Something that was not known, or not believed, in the answers of a run, and of how many requests. */
export interface AnswerNote {
  readonly note: string;
  readonly requests: number;
}

/** Counts what answers end with, and what was noted about them. */
export interface AnswerTally {
  add(record: RequestRecord): void;
  /** Requests by finish reason, failed ones too, the most frequent first; a request without one is in none. */
  finishReasons(): Record<string, number>;
  notes(): AnswerNote[];
}

export function createAnswerTally(): AnswerTally {
  const reasons = new Map<string, number>();
  const notes = new Map<string, number>();
  return {
    add(record) {
      if (record.finish_reason !== null) count(reasons, record.finish_reason, OTHER_REASON);
      for (const note of record.notes ?? []) count(notes, note, null);
    },
    finishReasons: () => orderReasons(reasons),
    notes: () => [...notes].sort(byCount).map(([note, requests]) => ({ note, requests })),
  };
}

/** The most frequent first, those of equal number by name. */
export function orderReasons(counts: Iterable<readonly [string, number]>): Record<string, number> {
  return Object.fromEntries([...counts].filter(([, requests]) => requests > 0).sort(byCount));
}

/** @param rest takes what is one key too many; null leaves it out */
function count(counts: Map<string, number>, key: string, rest: string | null): void {
  const name = counts.has(key) || counts.size < MOST_KEYS ? key : rest;
  if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
}

function byCount([a, countA]: readonly [string, number], [b, countB]: readonly [string, number]): number {
  return countB - countA || (a < b ? -1 : 1);
}
