import { computeCachedShare } from '../metrics/cached-share.ts';
import type { SummaryStatistic } from '../metrics/metric.ts';
import { computeRate } from '../metrics/rate.ts';
import {
  STATISTIC_METRICS,
  type StatisticMetricName,
  type SummaryNumbers,
  summaryKey,
} from '../metrics/request-metrics.ts';
import { divide } from '../shared/divide.ts';
import { FAILURE_KINDS, type FailureKind, TOKEN_SOURCES, type TokenSource } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';
import { countEach } from './count-each.ts';
import type { OpenLoopSummary } from './open-loop.ts';
import type { RunSummary } from './run-summary.ts';
import type { SummaryContext } from './summary-context.ts';

type ReadNumber = (metric: StatisticMetricName) => number | null;

/** Statistics of metrics; null without values. */
export interface MetricNumbers {
  readonly avg: ReadNumber;
  readonly max: ReadNumber;
  readonly total: ReadNumber;
  /** How many values there are; null where nobody counted them. */
  readonly requests: ReadNumber;
  /** By the rule of the source, 0 to 100. */
  percentile(metric: StatisticMetricName, percent: number): number | null;
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
  /** Of the requests that tell both; 0 and 0 where none does. */
  readonly cachedTokens: number;
  readonly cacheableTokens: number;
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
  const { completed, failed, cancelled, unfinished, timeTaken, openLoopFacts: loop, percentile } = source;
  const { cachedTokens, cacheableTokens } = source;
  const failures = countEach(FAILURE_KINDS, source.countFailed);
  const gaps = source.requests('itl');
  const numbers = Object.fromEntries(
    STATISTIC_METRICS.flatMap((metric) =>
      (metric.summarized ?? []).map((statistic) => [
        summaryKey(metric, statistic),
        readStatistic(source, metric.name, statistic),
      ]),
    ),
  ) as SummaryNumbers;
  return {
    ...numbers,
    time_taken_ms: timeTaken,
    concurrency,
    total_requests: completed + failed + cancelled + unfinished,
    completed_requests: completed,
    failed_requests: failed + unfinished,
    cancelled_requests: cancelled,
    failures: { ...failures, aborted: failures.aborted + unfinished },
    output_tokens_per_s: computeRate(numbers.output_tokens_total, timeTaken),
    requests_per_s: completed === 0 ? null : computeRate(completed, timeTaken),
    itl_count: gaps,
    coalesced_ratio: divide(source.coalescedGaps, gaps),
    cached_tokens_total: cacheableTokens === 0 ? null : cachedTokens,
    cached_share: computeCachedShare(cachedTokens, cacheableTokens),
    cancelled:
      cancelled === 0 ? null : { output_tokens: source.cancelledTokens, ...timesOf(source, 'cancelled_ttft', 'ttft_') },
    after_output_ratio: divide(numbers.after_output_avg_ms, numbers.latency_avg_ms),
    expected_requests: expectedRequests,
    token_sources: countEach(TOKEN_SOURCES, source.countTokens),
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
  { avg, percentile }: Pick<MetricNumbers, 'avg' | 'percentile'>,
  metric: StatisticMetricName,
  name: Name,
): NamedTimes<Name> {
  return {
    [`${name}avg_ms`]: avg(metric),
    [`${name}p50_ms`]: percentile(metric, 50),
    [`${name}p99_ms`]: percentile(metric, 99),
  } as NamedTimes<Name>;
}

function readStatistic(
  numbers: MetricNumbers,
  metric: StatisticMetricName,
  statistic: SummaryStatistic,
): number | null {
  return statistic.startsWith('p')
    ? numbers.percentile(metric, Number(statistic.slice(1)))
    : numbers[statistic as Exclude<SummaryStatistic, `p${number}`>](metric);
}
