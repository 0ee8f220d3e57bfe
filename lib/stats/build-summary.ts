import { computeRate } from '../metrics/rate.ts';
import type { StatisticMetricName } from '../metrics/request-metrics.ts';
import { divide } from '../shared/divide.ts';
import { FAILURE_KINDS, type FailureKind, TOKEN_SOURCES, type TokenSource } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';
import { countEach } from './count-each.ts';
import type { OpenLoopSummary } from './open-loop.ts';
import type { RunSummary } from './run-summary.ts';
import type { SummaryContext } from './summary-context.ts';

/** Statistics of metrics; null without values. */
export interface MetricNumbers {
  mean(metric: StatisticMetricName): number | null;
  /** By the rule of the source, 0 to 100. */
  percentile(metric: StatisticMetricName, percent: number): number | null;
  largest(metric: StatisticMetricName): number | null;
  total(metric: StatisticMetricName): number | null;
  /** How many values there are; null where nobody counted them. */
  count(metric: StatisticMetricName): number | null;
}

/** What the numbers of a summary come from: the records of a run, or what k6 made of its metrics. */
export interface SummarySource extends MetricNumbers {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Requests that were sent and left no record: stopped under way. */
  readonly unfinished: number;
  readonly timeTaken: Milliseconds | null;
  readonly coalescedGaps: number;
  /** Output tokens of cancelled requests; null where nobody counted. */
  readonly cancelledTokens: number | null;
  /** What was planned of an open loop, and what came of it; null for a closed one. */
  readonly openLoopFacts: Pick<OpenLoopSummary, 'scheduled_per_s' | 'achieved_per_s' | 'peak_in_flight'> | null;
  countFailed(kind: FailureKind): number;
  /** Completed requests by where their output token count came from. */
  countTokens(source: TokenSource): number;
}

/** What each source has in a way of its own. */
type OwnParts = Pick<
  RunSummary,
  | 'connecting'
  | 'inputs'
  | 'percentiles'
  | 'percentile_method'
  | 'itl_percentile_method'
  | 'cached_tokens_total'
  | 'cached_share'
  | 'finish_reasons'
  | 'answer_notes'
  | 'ttft_rule'
  | 'stream'
  | 'abandoned_turns'
  | 'conversations'
  | 'by_model'
  | 'by_url'
  | 'probe'
  | 'clock_step_requests'
  | 'dropped_iterations'
>;

/** The summary of a run, by one formula for each number wherever it comes from. Averages are over completed requests. */
export function buildSummary(
  source: SummarySource,
  own: OwnParts,
  { concurrency, expectedRequests }: SummaryContext,
): RunSummary {
  const {
    completed,
    failed,
    cancelled,
    unfinished,
    timeTaken,
    openLoopFacts: loop,
    mean,
    percentile,
    largest,
    total,
    count,
  } = source;
  const failures = countEach(FAILURE_KINDS, source.countFailed);
  const [outputTokens, gaps] = [total('output_tokens'), count('itl')];
  return {
    time_taken_ms: timeTaken,
    concurrency,
    total_requests: completed + failed + cancelled + unfinished,
    completed_requests: completed,
    failed_requests: failed + unfinished,
    cancelled_requests: cancelled,
    failures: { ...failures, aborted: failures.aborted + unfinished },
    output_tokens_total: outputTokens,
    output_tokens_per_s: computeRate(outputTokens, timeTaken),
    requests_per_s: completed === 0 ? null : computeRate(completed, timeTaken),
    itl_count: gaps,
    coalesced_ratio: divide(source.coalescedGaps, gaps),
    cancelled:
      cancelled === 0 ? null : { output_tokens: source.cancelledTokens, ...timesOf(source, 'cancelled_ttft', 'ttft_') },
    latency_avg_ms: mean('latency'),
    ttft_avg_ms: mean('ttft'),
    tpot_avg_ms: mean('tpot'),
    after_output_avg_ms: mean('after_output'),
    after_output_ratio: divide(mean('after_output'), mean('latency')),
    input_tokens_avg: mean('input_tokens'),
    output_tokens_avg: mean('output_tokens'),
    itl_avg_ms: mean('itl'),
    chunks_avg: mean('chunks'),
    expected_requests: expectedRequests,
    itl_p50_ms: percentile('itl', 50),
    itl_p99_ms: percentile('itl', 99),
    input_tokens_total: total('input_tokens'),
    input_tokens_requests: count('input_tokens'),
    output_tokens_requests: count('output_tokens'),
    token_sources: countEach(TOKEN_SOURCES, source.countTokens),
    client_lag_p50_ms: percentile('client_lag', 50),
    client_lag_p99_ms: percentile('client_lag', 99),
    client_lag_max_ms: largest('client_lag'),
    late_p99_ms: percentile('late', 99),
    open_loop: loop && {
      scheduled_per_s: loop.scheduled_per_s,
      achieved_per_s: loop.achieved_per_s,
      queued_p99_ms: percentile('queued', 99),
      peak_in_flight: loop.peak_in_flight,
      ttft: timesOf(source, 'ttft_scheduled', ''),
      latency: timesOf(source, 'latency_scheduled', ''),
    },
    ...own,
  };
}

type NamedTimes<Name extends string> = Readonly<Record<`${Name}${'avg' | 'p50' | 'p99'}_ms`, number | null>>;

/** Mean, p50 and p99 of a metric, under names that begin with `name`. */
export function timesOf<const Name extends string>(
  { mean, percentile }: MetricNumbers,
  metric: StatisticMetricName,
  name: Name,
): NamedTimes<Name> {
  const times = { avg: mean(metric), p50: percentile(metric, 50), p99: percentile(metric, 99) };
  const named = Object.entries(times).map(([key, value]) => [`${name}${key}_ms`, value]);
  return Object.fromEntries(named) as Record<keyof NamedTimes<Name>, number | null>;
}
