import type { Milliseconds } from '../shared/units.ts';
import type { RequestRecord } from './request-record.ts';

/**
 * When each chunk with output came: the time of the first one plus the gaps, each rounded to a microsecond in the record.
 * With several choices gaps have no order, and this says nothing.
 *
 * @param start of the request on the clock that is asked for: `start_ms` for the run's, 0 for times since it was sent
 * @returns as many as there are gaps, and one more; none where no output came
 */
export function chunkTimes(
  { first_output_ms, chunk_gaps_ms }: Pick<RequestRecord, 'first_output_ms' | 'chunk_gaps_ms'>,
  start: Milliseconds,
): Milliseconds[] {
  if (first_output_ms === null) return [];
  let time = start + first_output_ms;
  const times = [time];
  for (const gap of chunk_gaps_ms) {
    time += gap;
    times.push(time);
  }
  return times;
}

/** The last chunk with output, since the request was sent; undefined without one. Records of version 1 have it in their gaps alone. */
export function findLastOutput(
  record: Pick<RequestRecord, 'first_output_ms' | 'last_output_ms' | 'chunk_gaps_ms'>,
): Milliseconds | undefined {
  return record.last_output_ms ?? chunkTimes(record, 0).at(-1);
}
