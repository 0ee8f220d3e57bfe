import { type RequestRecord, TIMES } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';

/**
 * A completed request as it had been on a connection that was there before: it starts when the connection is made.
 *
 * @param estimate_ms of a record that does not say what connecting took; taken off all of them alike, so that it comes off
 *   every mean and percentile. null: nobody knows
 */
export function startConnected(record: RequestRecord, estimate_ms: Milliseconds | null): RequestRecord {
  const connect_ms = record.connect_ms ?? estimate_ms ?? 0;
  if (connect_ms === 0 || record.outcome !== 'completed') return record;
  const times = TIMES.flatMap((name) => {
    const time = record[name];
    return time === null || time === undefined ? [] : [[name, time - connect_ms] as const];
  });
  return { ...record, start_ms: record.start_ms + connect_ms, ...Object.fromEntries(times) };
}
