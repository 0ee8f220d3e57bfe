import type { AppliedTtftRule } from '../measure/request-record.ts';
import type { SummaryNumbers } from '../metrics/request-metrics.ts';
import { divide } from '../shared/divide.ts';
import type { FailureKind, TokenSource } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { AnswerNote } from './answer-tally.ts';
import type { ConversationSummary } from './conversation-summary.ts';
import type { InputsSummary } from './inputs-summary.ts';
import type { OpenLoopSummary } from './open-loop.ts';
import type { PercentileRule } from './percentile-rule.ts';
import type { TargetRow } from './target-rows.ts';

/** The rows of the percentile table, evalscope's, in percent. */
export const PERCENTILES = [10, 25, 50, 66, 75, 80, 90, 95, 98, 99] as const;

/** One row of the percentile table; each column is sorted on its own, so a row is not one request. */
export interface PercentileRow {
  readonly percentile: number;
  readonly ttft_ms: Milliseconds | null;
  readonly tpot_ms: Milliseconds | null;
  readonly latency_ms: Milliseconds | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** Per request: output tokens / latency. */
  readonly output_tokens_per_s: number | null;
}

/**
 * How the percentile rows were taken: `index` by the rule `quick-start`, `nearest-rank` and `linear` by those rules.
 * `interpolated`: k6's linear percentiles are used in place of one of the first two, because the number of values was not known
 * beforehand. A summary has null where no percentile could be taken.
 */
export type PercentileMethod = 'index' | 'nearest-rank' | 'linear' | 'interpolated';

/** What a summary calls percentiles that were taken by the rule itself. */
export const PERCENTILE_METHODS: Readonly<Record<PercentileRule, PercentileMethod>> = {
  'quick-start': 'index',
  'nearest-rank': 'nearest-rank',
  linear: 'linear',
};

/** TTFT and latency, another way than in the tables or of other requests. */
interface OtherTimes {
  readonly ttft_avg_ms: Milliseconds | null;
  readonly ttft_p50_ms: Milliseconds | null;
  readonly ttft_p99_ms: Milliseconds | null;
  readonly latency_avg_ms: Milliseconds | null;
  readonly latency_p50_ms: Milliseconds | null;
  readonly latency_p99_ms: Milliseconds | null;
}

/** What connecting took, and the times without it, as tools measure them that keep their connections. */
export interface ConnectingSummary extends OtherTimes {
  /** The mean of the requests; where no record says it, the median of the probes. */
  readonly connect_ms: Milliseconds;
  /** How far the probes lie apart, and how many there are; null where the records say it exactly. */
  readonly plus_minus_ms: Milliseconds | null;
  readonly probes: number | null;
}

/** What had come of requests that were given up on purpose. */
interface CancelledSummary {
  /** null where nobody counted. */
  readonly output_tokens: number | null;
  /** Of those whose user left after the first token. */
  readonly ttft_avg_ms: Milliseconds | null;
  readonly ttft_p50_ms: Milliseconds | null;
  readonly ttft_p99_ms: Milliseconds | null;
}

/** The light user beside the load, over the requests of theirs that completed. */
export interface ProbeSummary extends OtherTimes {
  readonly requests: number;
  readonly failed_requests: number;
}

/**
 * Everything the tables show, in base units. null: no value. Averages are over completed requests. Statistics of metrics are
 * here by the table of metrics.
 */
export interface RunSummary extends SummaryNumbers {
  /** Last end minus first start over all requests, failed ones too. */
  readonly time_taken_ms: Milliseconds | null;
  /** Requests in flight at the same time; null where nobody told. */
  readonly concurrency: number | null;
  /** Completed, failed and cancelled ones. */
  readonly total_requests: number;
  readonly completed_requests: number;
  readonly failed_requests: number;
  /** Given up on purpose: in no count of failures, and in no average. */
  readonly cancelled_requests: number;
  /** null without any. */
  readonly cancelled: CancelledSummary | null;
  /** Output tokens of completed requests / time taken. */
  readonly output_tokens_per_s: number | null;
  /** Completed requests / time taken. */
  readonly requests_per_s: number | null;
  /** Mean time after the last output over the mean latency, 0 to 1. */
  readonly after_output_ratio: number | null;
  /** null where nobody says what connecting took. */
  readonly connecting: ConnectingSummary | null;
  /** null where answers are text. */
  readonly inputs: InputsSummary | null;
  /** Requests the run was to send; null when bounded by time. */
  readonly expected_requests: number | null;
  readonly percentiles: readonly PercentileRow[];
  readonly percentile_method: PercentileMethod | null;
  /** How the percentiles of the pooled ITL were taken, and how many gaps there are. */
  readonly itl_percentile_method: PercentileMethod | null;
  readonly itl_count: number | null;
  /** Share (0 to 1) of gaps under 0.05 ms: events that arrived in one read; null without gaps. */
  readonly coalesced_ratio: number | null;
  /** Of the requests that tell both cached and input tokens; null where none does. */
  readonly cached_tokens_total: number | null;
  /** Cached input tokens / input tokens (0 to 1), of the same requests. */
  readonly cached_share: number | null;
  readonly failures: Readonly<Record<FailureKind, number>>;
  /** Completed requests by where their output token count came from. */
  readonly token_sources: Readonly<Record<TokenSource, number>>;
  /** Finished requests by finish reason, failed ones too; those without one are in none. */
  readonly finish_reasons: Readonly<Record<string, number>>;
  /** What nobody knew, or believed, in the answers; empty where metrics alone tell of the run. */
  readonly answer_notes: readonly AnswerNote[];
  readonly ttft_rule: AppliedTtftRule | null;
  readonly stream: boolean;
  /** null in a closed loop. */
  readonly open_loop: OpenLoopSummary | null;
  /** Turns of conversations that were not sent, since one before them did not complete. */
  readonly abandoned_turns: number;
  /** null where every request is a prompt of its own, and where only metrics tell of the run. */
  readonly conversations: ConversationSummary | null;
  /** Requests by where they went; empty where that is one model, or one URL, and where only metrics tell of the run. */
  readonly by_model: readonly TargetRow[];
  readonly by_url: readonly TargetRow[];
  /** null without a probe. */
  readonly probe: ProbeSummary | null;
  /** Requests within which the clock was set; their timings are left out. */
  readonly clock_step_requests: number;
  /** Requests that were planned and never started, for want of VUs or time. */
  readonly dropped_iterations: number;
}

/** Completed requests over all that were sent and not cancelled on purpose, 0 to 1; null when none was. */
export function successRatio(
  summary: Pick<RunSummary, 'completed_requests' | 'total_requests' | 'cancelled_requests'>,
): number | null {
  return divide(summary.completed_requests, summary.total_requests - summary.cancelled_requests);
}

/** What of the mean TTFT, or of the latency without one, is connecting, 0 to 1; null where nobody says. */
export function connectingShare({ connecting, ttft_avg_ms, latency_avg_ms }: RunSummary): number | null {
  return connecting && divide(connecting.connect_ms, ttft_avg_ms ?? latency_avg_ms);
}

/** The times that a run is known by, and what every summary has of them. */
export const HEADLINE_METRICS = ['ttft', 'itl', 'tpot', 'latency'] as const;
export const HEADLINE_STATISTICS = ['mean', 'p50', 'p99'] as const;
export type HeadlineMetric = (typeof HEADLINE_METRICS)[number];
export type HeadlineStatistic = (typeof HEADLINE_STATISTICS)[number];

/** A headline number as the tables have it; null where there is none. */
export function headlineValue(
  summary: RunSummary,
  metric: HeadlineMetric,
  statistic: HeadlineStatistic,
): Milliseconds | null {
  if (statistic === 'mean') return summary[`${metric}_avg_ms`];
  if (metric === 'itl') return summary[`itl_${statistic}_ms`];
  return percentileOf(summary, statistic === 'p50' ? 50 : 99, `${metric}_ms`);
}

/** A value of the percentile table; null where there is none. */
export function percentileOf(
  { percentiles }: RunSummary,
  percent: number,
  column: Exclude<keyof PercentileRow, 'percentile'>,
): number | null {
  return percentiles.find(({ percentile }) => percentile === percent)?.[column] ?? null;
}

/**
 * How fast one user gets tokens: 1 over the mean time per output token, per second; evalscope's "Decode toks/s". The wait
 * for the first token is not part of it.
 */
export function tokensPerUser({ tpot_avg_ms }: RunSummary): number | null {
  return divide(1000, tpot_avg_ms);
}
