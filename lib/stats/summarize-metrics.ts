import type { AppliedTtftRule } from '../measure/request-record.ts';
import { computeCachedShare } from '../metrics/cached-share.ts';
import { REASON_TAGS } from '../metrics/finish-reason-tag.ts';
import { FAILURE_KINDS, TOKEN_SOURCES } from '../shared/failure-kinds.ts';
import { computeAfterOutputShare } from './after-output.ts';
import { orderReasons } from './answer-tally.ts';
import { FEWEST_PROBES } from './connecting-estimate.ts';
import { countEach } from './count-each.ts';
import { deriveNumbers } from './derived-numbers.ts';
import { summarizeInputs } from './inputs-summary.ts';
import { createMetricValues, type MetricValues, type SummaryMetrics } from './metric-values.ts';
import type { OpenLoopSummary, ScheduledTime } from './open-loop.ts';
import { buildPercentileRows } from './percentile-rows.ts';
import type { PercentileRule } from './percentile-rule.ts';
import {
  type CancelledSummary,
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
  // A counter that nobody added to may be there all the same, at 0, when a threshold names it.
  const total = (trend: string): number | null =>
    (values.trendCount(trend) ?? values.counter(`${trend}_total`)) === 0 ? null : values.counter(`${trend}_total`);
  const completed = values.counter('llm_requests_completed');
  const failed = values.counter('llm_requests_failed');
  const cancelled = values.counter('llm_requests_cancelled');
  // What was sent and never came back was stopped under way, and has no sample of its own.
  const unfinished = Math.max(0, values.counter('llm_requests_sent') - completed - failed - cancelled);
  const timeTaken = computeTimeTaken(values.get('llm_first_start', 'min'), values.get('llm_last_end', 'max'));
  const percentiles = createTrendPercentiles(values, context);
  const average = (metric: string): number | null => values.trend(metric, 'avg');
  const rows = buildPercentileRows(({ trend, values: kind }) => percentiles.column(trend, kind));
  const failures = countEach(FAILURE_KINDS, (kind) => values.counter(`llm_requests_failed{kind:${kind}}`));
  return {
    time_taken_ms: completed + failed + cancelled === 0 ? null : timeTaken,
    concurrency: context.concurrency,
    ...deriveNumbers({
      ...{ completed, failed, cancelled, unfinished, failures, timeTaken },
      outputTokens: total('llm_output_tokens'),
      gaps: values.trendCount('llm_itl'),
      coalescedGaps: values.counter('llm_coalesced_gaps'),
    }),
    cancelled: cancelled === 0 ? null : summarizeCancelled(values),
    latency_avg_ms: average('llm_latency'),
    ttft_avg_ms: average('llm_ttft'),
    tpot_avg_ms: average('llm_tpot'),
    ...computeAfterOutputShare(average('llm_after_output'), average('llm_latency')),
    connecting: summarizeConnecting(values, rows, context.ownsConnections),
    inputs: summarizeInputs(values.counter('llm_inputs') || null, completed, total('llm_input_tokens'), timeTaken),
    input_tokens_avg: average('llm_input_tokens'),
    output_tokens_avg: average('llm_output_tokens'),
    itl_avg_ms: average('llm_itl'),
    chunks_avg: average('llm_chunks'),
    expected_requests: context.expectedRequests,
    percentiles: rows,
    percentile_method: percentiles.method(),
    itl_p50_ms: values.trend('llm_itl', 'med'),
    itl_p99_ms: values.trend('llm_itl', 'p(99)'),
    itl_percentile_method: itlMethod(values, context.percentileRule),
    input_tokens_total: total('llm_input_tokens'),
    input_tokens_requests: values.trendCount('llm_input_tokens'),
    output_tokens_requests: values.trendCount('llm_output_tokens'),
    cached_tokens_total: values.get('llm_cached_tokens_total', 'count'),
    cached_share: computeCachedShare(values.get('llm_cached_tokens_total', 'count'), total('llm_input_tokens')),
    token_sources: countEach(TOKEN_SOURCES, (source) =>
      values.counter(`llm_requests_completed{token_source:${source}}`),
    ),
    finish_reasons: orderReasons(
      REASON_TAGS.map((reason) => [reason, values.counter(`llm_requests{finish_reason:${reason}}`)]),
    ),
    answer_notes: [],
    ttft_rule: context.stream ? context.ttftRule : null,
    stream: context.stream,
    client_lag_p50_ms: values.trend('llm_client_lag', 'med'),
    client_lag_p99_ms: values.trend('llm_client_lag', 'p(99)'),
    client_lag_max_ms: values.trend('llm_client_lag', 'max'),
    late_p99_ms: values.trend('llm_late', 'p(99)'),
    open_loop: summarizeOpenLoop(values, context.scheduledPerS ?? null),
    abandoned_turns: values.counter('llm_abandoned_turns'),
    conversations: null,
    by_model: [],
    by_url: [],
    probe: summarizeProbe(values),
    clock_step_requests: values.counter('llm_clock_steps'),
    dropped_iterations: values.counter('dropped_iterations'),
  };
}

/** Mean, p50 and p99 of a trend, under names that begin with `name`. */
function timesOf<const Name extends string>(
  { trend }: MetricValues,
  metric: string,
  name: Name,
): Readonly<Record<`${Name}${'avg' | 'p50' | 'p99'}_ms`, number | null>> {
  const times = { avg: 'avg', p50: 'med', p99: 'p(99)' };
  const named = Object.entries(times).map(([key, statistic]) => [`${name}${key}_ms`, trend(metric, statistic)]);
  return Object.fromEntries(named);
}

function summarizeCancelled(values: MetricValues): CancelledSummary {
  return {
    output_tokens: values.get('llm_cancelled_output_tokens', 'count'),
    ...timesOf(values, 'llm_cancelled_ttft', 'ttft_'),
  };
}

/** Without records nobody knows the last start, nor how many requests were under way. */
function summarizeOpenLoop(values: MetricValues, scheduled_per_s: number | null): OpenLoopSummary | null {
  const queued_p99_ms = values.trend('llm_queued', 'p(99)');
  if (queued_p99_ms === null) return null;
  const time = (metric: string): ScheduledTime => timesOf(values, metric, '');
  const [ttft, latency] = [time('llm_ttft_scheduled'), time('llm_latency_scheduled')];
  return { scheduled_per_s, achieved_per_s: null, queued_p99_ms, peak_in_flight: null, ttft, latency };
}

/** Percentiles of a probe are always k6's linear ones. */
function summarizeProbe(values: MetricValues): ProbeSummary | null {
  const { counter, get } = values;
  const requests = counter('llm_probe_requests');
  if (requests === 0) return null;
  return {
    requests,
    failed_requests: Math.round((get('llm_probe_failed', 'rate') ?? 0) * requests),
    ...timesOf(values, 'llm_probe_ttft', 'ttft_'),
    ...timesOf(values, 'llm_probe_latency', 'latency_'),
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
  const less = (time: number | null | undefined): number | null =>
    time === null || time === undefined ? null : time - connect_ms;
  const at = (percent: number, name: 'ttft_ms' | 'latency_ms'): number | null =>
    isExact ? null : less(rows.find(({ percentile }) => percentile === percent)?.[name]);
  const [low, high] = [of('p(10)'), of('p(90)')];
  return {
    connect_ms,
    plus_minus_ms: isExact || low === null || high === null ? null : (high - low) / 2,
    probes: isExact ? null : probes,
    ttft_avg_ms: less(trend('llm_ttft', 'avg')),
    ttft_p50_ms: at(50, 'ttft_ms'),
    ttft_p99_ms: at(99, 'ttft_ms'),
    latency_avg_ms: less(trend('llm_latency', 'avg')),
    latency_p50_ms: at(50, 'latency_ms'),
    latency_p99_ms: at(99, 'latency_ms'),
  };
}

/** k6's percentiles are linear; a single value is its own under each rule. */
function itlMethod(values: MetricValues, rule: PercentileRule): PercentileMethod | null {
  const count = values.trendCount('llm_itl');
  if (count !== 0 && values.trend('llm_itl', 'med') === null && values.trend('llm_itl', 'p(99)') === null) return null;
  const isExact = rule === 'linear' || (count !== null && count < 2);
  return isExact ? PERCENTILE_METHODS[rule] : 'interpolated';
}
