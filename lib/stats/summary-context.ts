import type { PercentileRule } from './percentile-rule.ts';

/** What a summary says beside what was measured. */
export interface SummaryContext {
  /** null where nobody told. */
  readonly concurrency: number | null;
  /** Requests the run was to send; null when bounded by time. */
  readonly expectedRequests: number | null;
  readonly percentileRule: PercentileRule;
}
