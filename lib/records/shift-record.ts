import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';

/**
 * The wall clock at the start of a record's run, in ms since 1970: what two instances' clocks have in common.
 *
 * @returns null when `started_at` is not a date; right to about a millisecond, the resolution of `started_at`
 */
export function runStartOf(record: RequestRecord): Milliseconds | null {
  const wall = Date.parse(record.started_at);
  return Number.isNaN(wall) ? null : wall - record.start_ms;
}

/** The same request on a clock that started `by` milliseconds earlier; durations stay as they are. */
export function shiftRecord(record: RequestRecord, by: Milliseconds): RequestRecord {
  if (by === 0) return record;
  return {
    ...record,
    start_ms: record.start_ms + by,
    end_ms: record.end_ms + by,
    scheduled_ms: record.scheduled_ms === null ? null : record.scheduled_ms + by,
  };
}
