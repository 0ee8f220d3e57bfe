import type { JsonObject } from '../shared/json.ts';
import type { CountedPart } from './run-parts.ts';

/** What the engine counted of an instance, as the line at its end says. */
export interface EndCounts {
  readonly runId: string | null;
  readonly segment: string | null;
  readonly sent: number;
  /** Whatever their outcome. */
  readonly finished: number;
  readonly warmups: number;
  readonly dropped: number;
  readonly vus: number | null;
  /** The rule that ended its run early; null where none did. */
  readonly stoppedBy: string | null;
}

/** Reads the line at the end of a run; what is not a count is 0. */
export function readEnd(content: JsonObject): EndCounts {
  const text = (key: string): string | null => (typeof content[key] === 'string' ? content[key] : null);
  const count = (key: string): number => readCount(content[key]) ?? 0;
  return {
    runId: text('run_id'),
    segment: text('segment'),
    sent: count('sent'),
    finished: count('completed') + count('failed') + count('cancelled'),
    warmups: count('warmups'),
    dropped: count('dropped_iterations'),
    vus: readCount(content['vus_max']),
    stoppedBy: text('stopped_by'),
  };
}

function readCount(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 ? value : null;
}

/** How many requests finished: one that was stopped between its record and its count is among the records alone. */
export function countFinished(counted: number, read: number): number {
  return Math.max(counted, read);
}

/** What the engines of all instances counted beside their records. */
export interface SettledCounts {
  readonly sent: number;
  readonly finished: number;
  readonly dropped: number;
  /** Finished without a record: because the run was to write none, and against that. */
  readonly withoutRecord: number;
  readonly missing: number;
  readonly warmupsWithoutRecord: number;
  readonly vus: readonly number[];
  /** The rule that ended the first instance that one ended; null where none did. */
  readonly stoppedBy: string | null;
  /** Files whose engine left no count. */
  readonly uncounted: readonly string[];
}

/** Holds what was read of each instance against what its engine counted. */
export function settleCounts(parts: readonly CountedPart[]): SettledCounts {
  const ended = parts.flatMap((part) => (part.end === null ? [] : { ...part, end: part.end }));
  const sum = (count: (part: (typeof ended)[number]) => number): number =>
    ended.reduce((total, part) => total + count(part), 0);
  const isOff = ({ args }: CountedPart): boolean => args?.['records'] === 'off';
  const finishedOf = ({ end, records }: (typeof ended)[number]): number => countFinished(end.finished, records);
  const lacked = (part: (typeof ended)[number]): number => finishedOf(part) - part.records;
  return {
    sent: sum((part) => Math.max(part.end.sent, finishedOf(part))),
    finished: sum(finishedOf),
    dropped: sum(({ end }) => end.dropped),
    withoutRecord: sum((part) => (isOff(part) ? lacked(part) : 0)),
    missing: sum((part) => (isOff(part) ? 0 : lacked(part))),
    warmupsWithoutRecord: sum(({ end, warmups }) => Math.max(0, end.warmups - warmups)),
    vus: ended.flatMap(({ end }) => end.vus ?? []),
    stoppedBy: ended.find(({ end }) => end.stoppedBy !== null)?.end.stoppedBy ?? null,
    uncounted: parts.flatMap(({ end, isConsole, file }) => (end === null && isConsole ? file : [])),
  };
}
