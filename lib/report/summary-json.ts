import type { RunSummary } from '../stats/run-summary.ts';
import type { ThresholdResult } from './render-report.ts';

/** Everything about a run in base units and unrounded, for programs: `summary.json`. */
export interface SummaryFile {
  readonly version: 1;
  readonly summary: RunSummary;
  /** p99 of the client's own lag, beside the timings it is part of; null where nobody measured. */
  readonly client_lag_ms: number | null;
  readonly validity: { readonly verdict: 'VALID' | 'SUSPECT' | 'INVALID'; readonly reasons: readonly string[] };
  readonly thresholds: readonly ThresholdResult[];
}

/** The content of `summary.json`. */
export function buildSummaryFile(
  summary: RunSummary,
  validity: SummaryFile['validity'],
  thresholds: readonly ThresholdResult[],
): SummaryFile {
  return { version: 1, summary, client_lag_ms: summary.client_lag_p99_ms, validity, thresholds };
}
