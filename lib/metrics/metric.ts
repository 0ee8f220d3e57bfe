import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';

/** What numbers are measured in; `share` is 0 to 1. */
export type MetricUnit =
  | 'ms'
  | 'share'
  | 'tokens'
  | 'chunks'
  | 'requests'
  | 'inputs'
  | 'tokens/s'
  | 'requests/s'
  | 'inputs/s';

/** What every metric says of itself. The texts are for docs/metrics.md, and are not in the k6 bundles. */
interface Metric {
  /** In gates, limits of goodput and `--fail-on`: `ttft`. */
  readonly name: string;
  /** In tables and charts: `TTFT`. */
  readonly title: string;
  readonly unit: MetricUnit;
  /** Which way an improvement goes; null where neither is one. */
  readonly better: 'lower' | 'higher' | null;
  /** The definition, as one sentence without its end. */
  readonly meaning: string;
  /** When there is no value, beside the requests that `of` leaves out. */
  readonly noneWhen?: string;
  /** Where the formula comes from. */
  readonly source?: string;
}

/** A statistic of every summary; `requests`: how many have the metric. */
export type SummaryStatistic = 'avg' | 'max' | 'total' | 'requests' | `p${number}`;

/** What metrics with many values a run have in common: statistics, intervals, comparisons, a Trend. */
interface ValueMetric extends Metric {
  /** In `summary.json`: `ttft_ms`. */
  readonly key: string;
  /** The Trend of k6, one of times where the unit is ms; null: none. Entries of the table have it by their name: `llm_ttft`. */
  readonly trend: string | null;
  /** Which of its statistics every summary has, from the records as from k6's Trend: `ttft_avg_ms`, `input_tokens_total`. */
  readonly summarized?: readonly SummaryStatistic[];
  /** Those of them that have a row in the third table, and what it is called. */
  readonly shownRows?: readonly (readonly [SummaryStatistic, title: string])[];
  /**
   * Which of its statistics have a row in the table of intervals; those rows, the steady state, comparisons and
   * `--fail-on` know the metric. Absent: none of them does.
   */
  readonly rows?: 'all' | 'mean';
  /** Whether its rows say more than others do, by the means of the run. Absent: wherever it has values. */
  isTold?(mean: (metric: string) => number | null): boolean;
}

/**
 * One number of a request. One entry drives its Trend, column, gate, interval, comparison and documentation.
 *
 * `of` says which requests have it: `timed` those that completed without the clock being set meanwhile, `completed` all
 * that completed, `every` failed and cancelled ones too. Warm-up requests have none.
 */
export interface RequestMetric extends ValueMetric {
  readonly of: 'timed' | 'completed' | 'every';
  readonly parameter?: MetricParameter;
  /** The number as it is in the record, whatever `of` says; see `readMetric`. null: none. */
  read(record: RequestRecord): number | null;
  /** A failed request waited for it for ever, so `adjusted_` statistics can be taken. */
  readonly adjustable?: true;
  /**
   * The metric that this one is without connecting: where no record says what that took, its statistics are those of the other
   * less the estimate of the run.
   */
  readonly withConnecting?: 'ttft' | 'latency';
  /** What limits of goodput take in its place where a completed request is too short to have one; null: nothing. */
  short?(record: RequestRecord): number | null;
}

/**
 * What a gate can give in brackets after the name, as in `fluidity(25ms)`. k6's Trend and the tables have the default.
 */
interface MetricParameter {
  readonly unit: MetricUnit;
  readonly default: number;
  /** The number with another parameter, of the gaps and the output tokens of a request that has the metric. */
  readGaps(gaps: ArrayLike<Milliseconds>, parameter: number, outputTokens: number | null): number | null;
}

/** Many numbers a request, of timed requests, pooled over all of them. */
export interface PooledMetric extends ValueMetric {
  readonly of: 'timed';
  readAll(record: RequestRecord): readonly number[];
}

/** What a run, or the part of it that a selector picks, is counted up to. */
export interface RunCounts {
  readonly completed: number;
  readonly cancelled: number;
  /** Failed ones, those that left no record among them, and the same by class. */
  readonly failed: number;
  readonly rate_limited: number;
  readonly auth_error: number;
  readonly client_error: number;
  readonly server_error: number;
  readonly aborted: number;
  /** Planned and never started. */
  readonly dropped: number;
  /** Sums over completed requests; null where no request tells. */
  readonly inputTokens: number | null;
  /** Texts that were embedded, documents that were ranked. */
  readonly inputs: number | null;
  readonly outputTokens: number | null;
  /** Cached tokens, and the input tokens of the requests that tell them. */
  readonly cachedTokens: number;
  readonly cacheableTokens: number;
  readonly gaps: number;
  readonly coalescedGaps: number;
  /** First start to last end of the whole run; null or 0: nothing has a rate. */
  readonly timeTakenMs: number | null;
}

/** One number of a run. */
export interface RunMetric extends Metric {
  /** In the intervals of `summary.json`; with it comparisons and `--fail-on` know the metric. */
  readonly key?: string;
  read(counts: RunCounts): number | null;
}

/** A number of a request, where it is one of those that have it; null without. */
export function readMetric({ of, read }: Pick<RequestMetric, 'of' | 'read'>, record: RequestRecord): number | null {
  return isOf(of, record) ? read(record) : null;
}

/** Whether a request is one of those that a metric or a counter is of. */
export function isOf(
  of: 'timed' | 'every' | RequestRecord['outcome'],
  record: Pick<RequestRecord, 'outcome' | 'clock_steps'>,
): boolean {
  return of === 'every' || (of === 'timed' ? hasTimings(record) : of === record.outcome);
}

/** Whether the times of a request count: it completed, and the clock was not set meanwhile. */
export function hasTimings({ outcome, clock_steps }: Pick<RequestRecord, 'outcome' | 'clock_steps'>): boolean {
  return outcome === 'completed' && clock_steps === undefined;
}
