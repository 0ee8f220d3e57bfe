import type { AppliedTtftRule } from '../measure/request-record.ts';
import { computeCachedShare } from '../metrics/cached-share.ts';
import type { StatisticMetricName } from '../metrics/request-metrics.ts';
import { FAILURE_KINDS, TOKEN_SOURCES } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';
import { computeAfterOutputShare } from './after-output.ts';
import { summarizeConversations } from './conversation-summary.ts';
import { countEach } from './count-each.ts';
import { deriveNumbers } from './derived-numbers.ts';
import { summarizeInputs } from './inputs-summary.ts';
import { summarizeOpenLoop } from './open-loop.ts';
import { buildPercentileRows } from './percentile-rows.ts';
import { choosePercentile, type Percentile } from './percentile-rule.ts';
import { countCached, countGaps, type LabelFilter, listRequests, type RunData } from './run-data.ts';
import {
  type CancelledSummary,
  type ConnectingSummary,
  PERCENTILE_METHODS,
  type ProbeSummary,
  type RunSummary,
} from './run-summary.ts';
import { type SortedValues, sortValues } from './sorted-values.ts';
import type { SummaryContext } from './summary-context.ts';
import { summarizeTargets } from './target-rows.ts';

/** What the records do not tell. */
export interface DataContext extends SummaryContext {
  /** Arrivals that were never started. Default 0. */
  readonly droppedIterations?: number;
}

/** Sums up a run exactly, from its records. Averages are over completed requests. */
export function summarizeData(data: RunData, context: DataContext): RunSummary {
  const { concurrency, expectedRequests, percentileRule, droppedIterations = 0 } = context;
  const { sorted, timeTaken, unfinished } = data;
  const percentile = choosePercentile(percentileRule);
  const percentileOf = (name: Parameters<typeof sorted>[0]) => (percent: number) => percentile(sorted(name), percent);
  const meanOf = (name: Parameters<typeof sorted>[0]): number | null => sorted(name).mean();
  const count = (isMeant: LabelFilter): number => listRequests(data, isMeant).length;
  const [completed, failed, cancelled] = (['completed', 'failed', 'cancelled'] as const).map((outcome) =>
    count((label) => label.outcome === outcome),
  ) as [number, number, number];
  const failures = countEach(FAILURE_KINDS, (kind) => count(({ failure }) => failure?.kind === kind));
  const conversations = summarizeConversations(data, percentile);
  const ttftRules = new Set(data.labels.flatMap(({ stream, ttft_rule }) => (stream ? [ttft_rule] : [])));
  const { cachedTokens, cacheableTokens } = countCached(data);
  return {
    time_taken_ms: timeTaken,
    concurrency,
    ...deriveNumbers({
      ...{ completed, failed, cancelled, unfinished, failures, timeTaken },
      ...countGaps(data),
      outputTokens: sumOrNull(sorted('output_tokens')),
    }),
    cancelled: cancelled === 0 ? null : summarizeCancelled(data, percentileOf('cancelled_ttft')),
    latency_avg_ms: meanOf('latency'),
    ttft_avg_ms: meanOf('ttft'),
    tpot_avg_ms: meanOf('tpot'),
    ...computeAfterOutputShare(meanOf('after_output'), meanOf('latency')),
    connecting: summarizeConnecting(data, percentileOf),
    inputs: summarizeInputs(
      sumOrNull(sorted('inputs')),
      sorted('inputs').length,
      sumOrNull(sorted('input_tokens')),
      timeTaken,
    ),
    input_tokens_avg: meanOf('input_tokens'),
    output_tokens_avg: meanOf('output_tokens'),
    itl_avg_ms: meanOf('itl'),
    chunks_avg: meanOf('chunks'),
    expected_requests: expectedRequests,
    percentiles: buildPercentileRows(({ metric }) => percentileOf(metric)),
    percentile_method: PERCENTILE_METHODS[percentileRule],
    itl_p50_ms: percentile(sorted('itl'), 50),
    itl_p99_ms: percentile(sorted('itl'), 99),
    itl_percentile_method: PERCENTILE_METHODS[percentileRule],
    input_tokens_total: sumOrNull(sorted('input_tokens')),
    input_tokens_requests: sorted('input_tokens').length,
    output_tokens_requests: sorted('output_tokens').length,
    cached_tokens_total: sumOrNull(sortValues(data.column('cached_tokens'))),
    cached_share: computeCachedShare(cachedTokens, cacheableTokens),
    token_sources: countEach(TOKEN_SOURCES, (source) =>
      count(({ outcome, token_source }) => outcome === 'completed' && token_source === source),
    ),
    finish_reasons: data.finishReasons,
    answer_notes: data.answerNotes,
    ttft_rule: ttftRules.size === 1 ? ([...ttftRules][0] as AppliedTtftRule) : null,
    stream: ttftRules.size > 0,
    client_lag_p50_ms: percentile(sorted('client_lag'), 50),
    client_lag_p99_ms: percentile(sorted('client_lag'), 99),
    client_lag_max_ms: sorted('client_lag').at(-1) ?? null,
    late_p99_ms: percentile(sorted('late'), 99),
    open_loop: summarizeOpenLoop(data, percentileOf),
    abandoned_turns: conversations?.abandoned_turns ?? 0,
    conversations,
    ...summarizeTargets(data, percentile),
    probe: data.probes === null ? null : summarizeProbe(data.probes, percentile),
    clock_step_requests: count(({ clock_steps }) => clock_steps !== undefined),
    dropped_iterations: droppedIterations,
  };
}

function summarizeConnecting(
  { sorted, connecting }: RunData,
  percentileOf: (name: StatisticMetricName) => (percent: number) => number | null,
): ConnectingSummary | null {
  const connect_ms = connecting?.connect_ms ?? sorted('connect').mean();
  if (connect_ms === null) return null;
  const [ttft, latency] = [percentileOf('ttft_connected'), percentileOf('latency_connected')];
  return {
    connect_ms,
    plus_minus_ms: connecting?.plus_minus_ms ?? null,
    probes: connecting?.probes ?? null,
    ttft_avg_ms: sorted('ttft_connected').mean(),
    ttft_p50_ms: ttft(50),
    ttft_p99_ms: ttft(99),
    latency_avg_ms: sorted('latency_connected').mean(),
    latency_p50_ms: latency(50),
    latency_p99_ms: latency(99),
  };
}

function summarizeCancelled({ sorted }: RunData, ttft: (percent: number) => Milliseconds | null): CancelledSummary {
  return {
    output_tokens: sumOrNull(sorted('cancelled_output_tokens')),
    ttft_avg_ms: sorted('cancelled_ttft').mean(),
    ttft_p50_ms: ttft(50),
    ttft_p99_ms: ttft(99),
  };
}

function summarizeProbe({ count, labels, labelOf, sorted }: RunData, percentile: Percentile): ProbeSummary {
  const [ttft, latency] = [sorted('ttft'), sorted('latency')];
  return {
    requests: count,
    failed_requests: labelOf.filter((label) => labels[label]?.outcome === 'failed').length,
    ttft_avg_ms: ttft.mean(),
    ttft_p50_ms: percentile(ttft, 50),
    ttft_p99_ms: percentile(ttft, 99),
    latency_avg_ms: latency.mean(),
    latency_p50_ms: percentile(latency, 50),
    latency_p99_ms: percentile(latency, 99),
  };
}

/** null without values: nobody knows, which is not 0. */
function sumOrNull(values: SortedValues): number | null {
  return values.length === 0 ? null : values.sum();
}
