import type { AppliedTtftRule, RequestRecord } from '../measure/request-record.ts';
import { computeAfterOutput } from '../metrics/after-output.ts';
import { computeCoalescedRatio, isCoalesced } from '../metrics/coalesced.ts';
import { computeRate } from '../metrics/rate.ts';
import { FAILURE_KINDS, type FailureKind, TOKEN_SOURCES, type TokenSource } from '../shared/failure-kinds.ts';
import type { Milliseconds } from '../shared/units.ts';
import { computeAfterOutputShare } from './after-output.ts';
import { createAnswerTally } from './answer-tally.ts';
import { countEach } from './count-each.ts';
import { createGrowableColumn, type GrowableColumn } from './growable-column.ts';
import { mean, sum } from './mean.ts';
import { buildPercentileRows } from './percentile-rows.ts';
import { choosePercentile } from './percentile-rule.ts';
import { PERCENTILE_METHODS, type RunSummary } from './run-summary.ts';
import type { SummaryContext } from './summary-context.ts';
import { computeTimeTaken } from './time-taken.ts';

/** `unfinishedRequests`: requests that were sent and left no record; they count as failed, `aborted`. Default 0. */
export interface RecordsContext extends SummaryContext {
  readonly unfinishedRequests?: number;
  /** Arrivals that were never started. Default 0. */
  readonly droppedIterations?: number;
}

/** Takes the records of a run in any order and sums them up. */
export interface RunAccumulator {
  add(record: RequestRecord): void;
  /** May be called more than once, with records added in between. */
  summarize(context: RecordsContext): RunSummary;
  /** The values behind the summary, for other percentiles than its own; views that the next `add` may change. */
  columns(): RunColumns;
}

type ColumnName =
  | 'ttft'
  | 'tpot'
  | 'latency'
  | 'afterOutput'
  | 'inputTokens'
  | 'outputTokens'
  | 'throughput'
  | 'totalThroughput'
  | 'chunks'
  | 'gaps'
  | 'lag'
  | 'late';

/**
 * Values in ascending order, each column for itself: times in milliseconds, `gaps` pooled over all completed requests,
 * and, a request each, `throughput` output tokens and `totalThroughput` input and output tokens over its latency, per
 * second.
 */
export type RunColumns = Readonly<Record<ColumnName, Float64Array>>;

/**
 * Sums up a run. Values are kept in columns of numbers, not as records: about 60 bytes a request and 8 a gap.
 *
 * Sums are taken in ascending order, so that the order of the records changes not even the last digit.
 */
export function createRunAccumulator(): RunAccumulator {
  const columns: Readonly<Record<ColumnName, GrowableColumn>> = {
    ttft: createGrowableColumn(),
    tpot: createGrowableColumn(),
    latency: createGrowableColumn(),
    afterOutput: createGrowableColumn(),
    inputTokens: createGrowableColumn(),
    outputTokens: createGrowableColumn(),
    throughput: createGrowableColumn(),
    totalThroughput: createGrowableColumn(),
    chunks: createGrowableColumn(),
    gaps: createGrowableColumn(),
    lag: createGrowableColumn(),
    late: createGrowableColumn(),
  };
  const answers = createAnswerTally();
  let clockSteps = 0;
  const failures: Record<FailureKind, number> = countEach(FAILURE_KINDS, () => 0);
  const tokenSources: Record<TokenSource, number> = countEach(TOKEN_SOURCES, () => 0);
  const ttftRules = new Set<AppliedTtftRule>();
  let firstStart: Milliseconds | null = null;
  let lastEnd: Milliseconds | null = null;
  let completed = 0;
  let failed = 0;
  let cancelled = 0;
  let coalescedGaps = 0;
  let cachedTokens: number | null = null;

  function addCompleted(record: RequestRecord): void {
    completed += 1;
    if (record.token_source !== null) tokenSources[record.token_source] += 1;
    if (record.cached_tokens !== null) cachedTokens = (cachedTokens ?? 0) + record.cached_tokens;
    push(columns.inputTokens, record.input_tokens);
    push(columns.outputTokens, record.output_tokens);
    if (record.clock_steps !== undefined) return;
    push(columns.ttft, record.ttft_ms);
    push(columns.tpot, record.tpot_ms);
    push(columns.latency, record.latency_ms);
    push(columns.afterOutput, computeAfterOutput(record));
    push(columns.throughput, computeRate(record.output_tokens, record.latency_ms));
    if (record.input_tokens !== null && record.output_tokens !== null) {
      push(columns.totalThroughput, computeRate(record.input_tokens + record.output_tokens, record.latency_ms));
    }
    // Without events, chunks are known, but not as packages that arrived one by one.
    if (record.ttft_rule !== 'first-byte') push(columns.chunks, record.chunks);
    for (const gap of record.chunk_gaps_ms) {
      columns.gaps.push(gap);
      if (isCoalesced(gap)) coalescedGaps += 1;
    }
  }

  function sortColumns(): RunColumns {
    return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.sorted()])) as RunColumns;
  }

  return {
    columns: sortColumns,
    add(record) {
      if (record.warmup === true) return;
      firstStart = firstStart === null ? record.start_ms : Math.min(firstStart, record.start_ms);
      lastEnd = lastEnd === null ? record.end_ms : Math.max(lastEnd, record.end_ms);
      push(columns.lag, record.client_lag_ms ?? null);
      push(columns.late, record.late_ms);
      if (record.clock_steps !== undefined) clockSteps += 1;
      if (record.stream) ttftRules.add(record.ttft_rule);
      answers.add(record);
      if (record.failure !== null) {
        failed += 1;
        failures[record.failure.kind] += 1;
      } else if (record.outcome === 'cancelled') {
        cancelled += 1;
      } else {
        addCompleted(record);
      }
    },
    summarize({ concurrency, expectedRequests, percentileRule, unfinishedRequests = 0, droppedIterations = 0 }) {
      const percentile = choosePercentile(percentileRule);
      const sorted = sortColumns();
      const timeTaken = computeTimeTaken(firstStart, lastEnd);
      const outputTokens = sumOrNull(sorted.outputTokens);
      return {
        time_taken_ms: timeTaken,
        concurrency,
        total_requests: completed + failed + cancelled + unfinishedRequests,
        completed_requests: completed,
        failed_requests: failed + unfinishedRequests,
        cancelled_requests: cancelled,
        output_tokens_per_s: computeRate(outputTokens, timeTaken),
        requests_per_s: completed === 0 ? null : computeRate(completed, timeTaken),
        latency_avg_ms: mean(sorted.latency),
        ttft_avg_ms: mean(sorted.ttft),
        tpot_avg_ms: mean(sorted.tpot),
        ...computeAfterOutputShare(mean(sorted.afterOutput), mean(sorted.latency)),
        input_tokens_avg: mean(sorted.inputTokens),
        output_tokens_avg: mean(sorted.outputTokens),
        itl_avg_ms: mean(sorted.gaps),
        chunks_avg: mean(sorted.chunks),
        expected_requests: expectedRequests,
        percentiles: buildPercentileRows({
          ttft: (percent) => percentile(sorted.ttft, percent),
          tpot: (percent) => percentile(sorted.tpot, percent),
          latency: (percent) => percentile(sorted.latency, percent),
          inputTokens: (percent) => percentile(sorted.inputTokens, percent),
          outputTokens: (percent) => percentile(sorted.outputTokens, percent),
          throughput: (percent) => percentile(sorted.throughput, percent),
        }),
        percentile_method: PERCENTILE_METHODS[percentileRule],
        itl_p50_ms: percentile(sorted.gaps, 50),
        itl_p99_ms: percentile(sorted.gaps, 99),
        itl_percentile_method: PERCENTILE_METHODS[percentileRule],
        itl_count: sorted.gaps.length,
        coalesced_ratio: computeCoalescedRatio(coalescedGaps, sorted.gaps.length),
        input_tokens_total: sumOrNull(sorted.inputTokens),
        input_tokens_requests: sorted.inputTokens.length,
        output_tokens_total: outputTokens,
        output_tokens_requests: sorted.outputTokens.length,
        cached_tokens_total: cachedTokens,
        failures: { ...failures, aborted: failures.aborted + unfinishedRequests },
        token_sources: { ...tokenSources },
        finish_reasons: answers.finishReasons(),
        answer_notes: answers.notes(),
        ttft_rule: ttftRules.size === 1 ? ([...ttftRules][0] as AppliedTtftRule) : null,
        stream: ttftRules.size > 0,
        client_lag_p50_ms: percentile(sorted.lag, 50),
        client_lag_p99_ms: percentile(sorted.lag, 99),
        client_lag_max_ms: sorted.lag.at(-1) ?? null,
        late_p99_ms: percentile(sorted.late, 99),
        clock_step_requests: clockSteps,
        dropped_iterations: droppedIterations,
      };
    },
  };
}

/** null without values: nobody knows, which is not 0. */
function sumOrNull(values: Float64Array): number | null {
  return values.length === 0 ? null : sum(values);
}

function push(column: { push(value: number): void }, value: number | null): void {
  if (value !== null) column.push(value);
}
