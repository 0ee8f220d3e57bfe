import { computeCoalescedRatio } from '../metrics/coalesced.ts';
import { computeRate } from '../metrics/rate.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { RunSummary } from './run-summary.ts';

/** What is counted of a run, from its records or from k6's metrics. */
interface RunCounts {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Requests that were sent and left no record: stopped under way. */
  readonly unfinished: number;
  readonly failures: RunSummary['failures'];
  /** Of completed requests; null where none tells. */
  readonly outputTokens: number | null;
  readonly timeTaken: Milliseconds | null;
  readonly gaps: RunSummary['itl_count'];
  readonly coalescedGaps: number;
}

/** The numbers of a summary that follow from others, by one formula wherever these come from. */
export function deriveNumbers(counts: RunCounts) {
  const { completed, failed, cancelled, unfinished, failures, outputTokens, timeTaken, gaps, coalescedGaps } = counts;
  return {
    total_requests: completed + failed + cancelled + unfinished,
    completed_requests: completed,
    failed_requests: failed + unfinished,
    cancelled_requests: cancelled,
    failures: { ...failures, aborted: failures.aborted + unfinished },
    output_tokens_total: outputTokens,
    output_tokens_per_s: computeRate(outputTokens, timeTaken),
    requests_per_s: completed === 0 ? null : computeRate(completed, timeTaken),
    itl_count: gaps,
    coalesced_ratio: computeCoalescedRatio(coalescedGaps, gaps),
  } satisfies Partial<RunSummary>;
}
