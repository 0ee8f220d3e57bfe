import type { AppliedTtftRule } from '../measure/request-record.ts';
import { REASON_TAGS } from '../metrics/finish-reason-tag.ts';
import { STATISTIC_METRICS, type StatisticMetricName } from '../metrics/request-metrics.ts';
import { orderReasons } from './answer-tally.ts';
import { buildSummary, type MetricNumbers, timesOf } from './build-summary.ts';
import { FEWEST_PROBES } from './connecting-estimate.ts';
import { plainStat } from './exact-trend-stats.ts';
import { summarizeInputs } from './inputs-summary.ts';
import { createMetricValues, type MetricValues, type SummaryMetrics } from './metric-values.ts';
import { rateOf } from './open-loop.ts';
import { buildPercentileRows } from './percentile-rows.ts';
import type { PercentileRule } from './percentile-rule.ts';
import {
  type ConnectingSummary,
  PERCENTILE_METHODS,
  type PercentileMethod,
  type PercentileRow,
  type ProbeSummary,
  type RunSummary,
} from './run-summary.ts';
import type { SummaryContext } from './summary-context.ts';
import { computeTimeTaken } from './time-taken.ts';
import { createTrendPercentiles } from './trend-percentiles.ts';

/** What metrics cannot tell, since they carry no text. */
export interface MetricsContext extends SummaryContext {
  readonly stream: boolean;
  readonly ttftRule: AppliedTtftRule;
  /** Whether `llm_connect` has a sample of each request; else of probes. */
  readonly ownsConnections: boolean;
  /** Starts per second by the schedule of an open loop; null without one, and all at once. Default null. */
  readonly scheduledPerS?: number | null;
}

/**
 * Sums up a run from the aggregated metrics that `handleSummary` gets: the same summary as from its records, but for
 * percentiles where the number of values was not known beforehand (`percentile_method` says so). The percentiles of
 * ITL are always k6's linear ones, since nobody knows beforehand how many gaps there will be.
 *
 * Needs `options.summaryTrendStats` of `exactTrendStats`, and the sub-metrics of `llm_requests` by `finish_reason`, of
 * `llm_requests_failed` by `kind` and of
 * `llm_requests_completed` by `token_source`. A metric that is absent has no values.
 */
export function summarizeMetrics(metrics: SummaryMetrics, context: MetricsContext): RunSummary {
  const values = createMetricValues(metrics);
  const { counter, get } = values;
  const numbers = readNumbers(values, trendOf);
  const inputTokens = numbers.total('input_tokens');
  const completed = counter('llm_requests_completed');
  const failed = counter('llm_requests_failed');
  const cancelled = counter('llm_requests_cancelled');
  const ended = completed + failed + cancelled;
  const [firstStart, lastStart] = [get('llm_first_start', 'min'), get('llm_first_start', 'max')];
  const timeTaken = ended === 0 ? null : computeTimeTaken(firstStart, get('llm_last_end', 'max'));
  const percentiles = createTrendPercentiles(values, context);
  const rows = buildPercentileRows(({ metric, values: kind }) => percentiles.column(trendOf(metric), kind));
  return buildSummary(
    {
      ...numbers,
      ...{ completed, failed, cancelled, timeTaken },
      // What was sent and never came back was stopped under way, and has no sample of its own.
      unfinished: Math.max(0, counter('llm_requests_sent') - ended),
      coalescedGaps: counter('llm_coalesced_gaps'),
      cachedTokens: counter('llm_cached_tokens_total'),
      cacheableTokens: counter('llm_cacheable_tokens_total'),
      cancelledTokens: get('llm_cancelled_output_tokens', 'count'),
      // Without records nobody knows how many requests were under way.
      openLoopFacts:
        numbers.percentile('queued', 99) === null
          ? null
          : {
              scheduled_per_s: context.scheduledPerS ?? null,
              // Of a load that was cut short, or of one instance of several, nobody knows which starts it had.
              achieved_per_s:
                ended === context.expectedRequests ? rateOf([firstStart ?? 0, lastStart ?? 0], ended) : null,
              peak_in_flight: null,
            },
      countFailed: (kind) => counter(`llm_requests_failed{kind:${kind}}`),
      countTokens: (source) => counter(`llm_requests_completed{token_source:${source}}`),
    },
    {
      connecting: summarizeConnecting(values, rows, context.ownsConnections),
      inputs: summarizeInputs(counter('llm_inputs') || null, completed, inputTokens, timeTaken),
      percentiles: rows,
      percentile_method: percentiles.method(),
      itl_percentile_method: itlMethod(values, context.percentileRule),
      finish_reasons: orderReasons(
        REASON_TAGS.map((reason) => [reason, counter(`llm_requests{finish_reason:${reason}}`)]),
      ),
      answer_notes: [],
      ttft_rule: context.stream ? context.ttftRule : null,
      stream: context.stream,
      abandoned_turns: counter('llm_abandoned_turns'),
      conversations: null,
      by_model: [],
      by_url: [],
      probe: summarizeProbe(values),
      clock_step_requests: counter('llm_clock_steps'),
      dropped_iterations: counter('dropped_iterations'),
    },
    context,
  );
}

function trendOf(metric: StatisticMetricName): string {
  return STATISTIC_METRICS.find(({ name }) => name === metric)?.trend as string;
}

/** What Trends tell of metrics; percentiles are always k6's linear ones. */
function readNumbers({ trend, trendCount, counter }: MetricValues, nameOf: typeof trendOf): MetricNumbers {
  return {
    avg: (metric) => trend(nameOf(metric), 'avg'),
    percentile: (metric, percent) => trend(nameOf(metric), percent === 50 ? 'med' : plainStat(percent)),
    max: (metric) => trend(nameOf(metric), 'max'),
    total(metric) {
      const sum = counter(`${nameOf(metric)}_total`);
      // A counter that nobody added to may be there all the same, at 0, when a threshold names it.
      return (trendCount(nameOf(metric)) ?? sum) === 0 ? null : sum;
    },
    requests: (metric) => trendCount(nameOf(metric)),
  };
}

function summarizeProbe(values: MetricValues): ProbeSummary | null {
  const { counter, get } = values;
  const requests = counter('llm_probe_requests');
  if (requests === 0) return null;
  const numbers = readNumbers(values, (metric) => `llm_probe_${metric}`);
  return {
    requests,
    failed_requests: Math.round((get('llm_probe_failed', 'rate') ?? 0) * requests),
    ...timesOf(numbers, 'ttft', 'ttft_'),
    ...timesOf(numbers, 'latency', 'latency_'),
  };
}

/** Without records, percentiles of times without connecting are known only where one number is taken off all of them. */
function summarizeConnecting(
  { trend, trendCount }: MetricValues,
  rows: readonly PercentileRow[],
  isExact: boolean,
): ConnectingSummary | null {
  const of = (statistic: string): number | null => trend('llm_connect', statistic);
  const connect_ms = of(isExact ? 'avg' : 'med');
  const probes = trendCount('llm_connect');
  if (connect_ms === null || (!isExact && (probes ?? 0) < FEWEST_PROBES)) return null;
  const [low, high] = [of('p(10)'), of('p(90)')];
  const less = (time: number | null = null): number | null => (time === null ? null : time - connect_ms);
  const numbers: Pick<MetricNumbers, 'avg' | 'percentile'> = {
    // The mean of what each request connected is that of these times only where every request has them.
    avg: (metric) => (isExact && trendCount(trendOf(metric)) !== probes ? null : less(trend(trendOf(metric), 'avg'))),
    percentile: (metric, percent) =>
      isExact ? null : less(rows.find(({ percentile }) => percentile === percent)?.[`${metric as 'ttft'}_ms`]),
  };
  return {
    connect_ms,
    plus_minus_ms: isExact || low === null || high === null ? null : (high - low) / 2,
    probes: isExact ? null : probes,
    ...timesOf(numbers, 'ttft', 'ttft_'),
    ...timesOf(numbers, 'latency', 'latency_'),
  };
}

/** k6's percentiles are linear; a single value is its own under each rule. */
function itlMethod(values: MetricValues, rule: PercentileRule): PercentileMethod | null {
  const count = values.trendCount('llm_itl');
  if (count !== 0 && values.trend('llm_itl', 'med') === null && values.trend('llm_itl', 'p(99)') === null) return null;
  const isExact = rule === 'linear' || (count !== null && count < 2);
  return isExact ? PERCENTILE_METHODS[rule] : 'interpolated';
}
