import type { Milliseconds } from '../shared/units.ts';
import type { RunSummary } from './run-summary.ts';

/** A larger share of the latency is worth a row: whoever reads latency for the time of the answer is wrong by it. */
export const LARGE_SHARE = 0.05;

/** The mean of `computeAfterOutput` over the requests that have one, and that as a share (0 to 1) of the mean latency. */
export function computeAfterOutputShare(
  mean: Milliseconds | null,
  latency: Milliseconds | null,
): Pick<RunSummary, 'after_output_avg_ms' | 'after_output_ratio'> {
  return {
    after_output_avg_ms: mean,
    after_output_ratio: mean === null || latency === null || latency <= 0 ? null : mean / latency,
  };
}
