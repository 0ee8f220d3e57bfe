import { findLastOutput } from '../measure/chunk-times.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { hasOneChoice } from '../shared/has-one-choice.ts';
import type { Milliseconds } from '../shared/units.ts';

/** The times of a completed request, as a tool sees them that looks at one chunk after the other. */
interface SeenTimes {
  /** To the last chunk with output, without streaming to the end of the answer; null where the clock was set meanwhile. */
  readonly latency: Milliseconds | null;
  /** Between successive chunks with output; null where that is so, and with several choices, whose order no record holds. */
  readonly gaps: readonly Milliseconds[] | null;
}

export function readSeenTimes(record: RequestRecord): SeenTimes {
  const { clock_steps, chunk_gaps_ms, latency_ms } = record;
  if (clock_steps !== undefined) return { latency: null, gaps: null };
  return { latency: findLastOutput(record) ?? latency_ms, gaps: hasOneChoice(record) ? chunk_gaps_ms : null };
}
