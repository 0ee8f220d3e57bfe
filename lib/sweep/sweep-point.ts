import type { RunSummary } from '../stats/run-summary.ts';

/** One point of a sweep, measured as far as it got. */
export interface SweepPoint {
  readonly parallel: number;
  /** Requests it was to send; null when bounded by time. */
  readonly number: number | null;
  /** Name of its folder in that of the sweep; null where nothing was sent, which leaves none. */
  readonly folder: string | null;
  readonly exit_code: number;
  /** Whether all thresholds and gates held; null without any, and when the point did not come to its end. */
  readonly meets_thresholds: boolean | null;
  /** The thresholds and gates that did not hold, as `llm_ttft: p(99)<450`. */
  readonly crossed: readonly string[];
  readonly validity: { readonly verdict: string; readonly reasons: readonly string[] };
  readonly summary: RunSummary;
}

/**
 * How fast one user gets tokens: 1 over the mean time per output token, per second; evalscope's "Decode toks/s". The wait
 * for the first token is no part of it.
 */
export function computeTokensPerUser({ tpot_avg_ms }: RunSummary): number | null {
  return tpot_avg_ms === null || tpot_avg_ms <= 0 ? null : 1000 / tpot_avg_ms;
}

/** A value of the percentile table; null where there is none. */
export function percentileOf(
  summary: RunSummary,
  column: 'ttft_ms' | 'tpot_ms' | 'latency_ms',
  percentile: 50 | 99,
): number | null {
  return summary.percentiles.find((row) => row.percentile === percentile)?.[column] ?? null;
}
