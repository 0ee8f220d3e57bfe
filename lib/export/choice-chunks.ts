import type { RequestRecord } from '../measure/request-record.ts';

/** The chunks of a streamed, completed request as tools that look at `choices` see them; milliseconds. */
export interface ChoiceChunks {
  /** First event with `choices`, which may hold a role and no token. */
  readonly first: number;
  /** Gaps between successive events with `choices`, as far as the record holds them. */
  readonly gaps: readonly number[];
}

/**
 * A record keeps the first event with `choices`, the first with output and the gaps between chunks with output. Further
 * events without output (a last one that holds the finish reason alone) are not in it, so their gaps are missing here.
 *
 * @returns null for a request that was not streamed
 */
export function readChoiceChunks(record: RequestRecord): ChoiceChunks | null {
  const { first_choices_ms: first, first_output_ms: output, chunk_gaps_ms: gaps } = record;
  if (first === null || output === null) return null;
  return output > first ? { first, gaps: [output - first, ...gaps] } : { first, gaps };
}
