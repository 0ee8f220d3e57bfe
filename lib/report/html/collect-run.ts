import type { RequestRecord } from '../../measure/request-record.ts';
import { createGrowableColumn } from '../../stats/growable-column.ts';
import type { PercentileRule } from '../../stats/percentile-rule.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { computeRate } from '../../stats/throughput.ts';
import type { Sink } from '../../verdict/evaluate.ts';
import type { ThresholdResult } from '../render-report.ts';
import { describeBins, describeValues } from './distribution.ts';
import { LOG_BIN_COUNT, logBinOf, logBinQuantile } from './log-bins.ts';
import { createPositionBins } from './position-bins.ts';
import type { Distribution, FailureExample, RunReportData } from './report-data.ts';
import { describeThresholds } from './threshold-rows.ts';
import { createTimeBins } from './time-bins.ts';
import { createTimelineCollector } from './timeline.ts';

/** What the page says beside what the records tell. */
export interface RunReportContext {
  readonly version: string;
  readonly summary: RunSummary;
  readonly validity: { readonly verdict: string; readonly reasons: readonly string[] };
  readonly thresholds: readonly ThresholdResult[];
  readonly notes: readonly string[];
  /** Secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly percentileRule: PercentileRule;
}

/** Takes the records of a run in any order and makes of them what the page shows. */
export interface RunReportCollector {
  add(record: RequestRecord): void;
  build(context: RunReportContext): RunReportData;
}

/** Memory: 48 bytes a request, and a fixed amount for gaps, times and samples. */
export function createRunReportCollector(): RunReportCollector {
  const columns = {
    llm_ttft: createGrowableColumn(),
    llm_tpot: createGrowableColumn(),
    llm_latency: createGrowableColumn(),
    llm_input_tokens: createGrowableColumn(),
    llm_output_tokens: createGrowableColumn(),
    llm_output_throughput: createGrowableColumn(),
  };
  const gaps = { counts: new Float64Array(LOG_BIN_COUNT), count: 0, min: Number.POSITIVE_INFINITY, max: 0, sum: 0 };
  const positions = createPositionBins();
  const times = createTimeBins();
  const timeline = createTimelineCollector();
  const examples = new Map<string, Omit<FailureExample, 'count'>>();
  let startedAt: string | null = null;
  let model = '';

  function addGaps(lengths: readonly number[]): void {
    for (let i = 0; i < lengths.length; i++) {
      const gap = lengths[i] as number;
      const bin = logBinOf(gap);
      gaps.counts[bin] = (gaps.counts[bin] as number) + 1;
      gaps.count += 1;
      gaps.sum += gap;
      gaps.min = Math.min(gaps.min, gap);
      gaps.max = Math.max(gaps.max, gap);
      positions.add(i + 1, bin);
    }
  }

  function addTokens(record: RequestRecord): void {
    const tokens = record.output_tokens ?? record.chunks ?? 0;
    if (record.first_output_ms === null) {
      times.addTokens(record.end_ms, tokens);
      return;
    }
    const perChunk = tokens / (record.chunk_gaps_ms.length + 1);
    let time = record.start_ms + record.first_output_ms;
    times.addTokens(time, perChunk);
    for (const gap of record.chunk_gaps_ms) {
      time += gap;
      times.addTokens(time, perChunk);
    }
  }

  function addCompleted(record: RequestRecord): void {
    addTokens(record);
    push(columns.llm_input_tokens, record.input_tokens);
    push(columns.llm_output_tokens, record.output_tokens);
    if (record.clock_steps !== undefined) return;
    push(columns.llm_ttft, record.ttft_ms);
    push(columns.llm_tpot, record.tpot_ms);
    push(columns.llm_latency, record.latency_ms);
    push(columns.llm_output_throughput, computeRate(record.output_tokens, record.latency_ms));
    addGaps(record.chunk_gaps_ms);
  }

  return {
    add(record) {
      if (startedAt === null || record.started_at < startedAt) startedAt = record.started_at;
      if (model === '') model = record.model;
      timeline.add(record);
      if (record.warmup === true) return;
      const { failure } = record;
      times.addRequest(record.start_ms, record.end_ms, failure === null, record.client_lag_ms ?? null);
      if (failure === null) addCompleted(record);
      else if (!examples.has(failure.kind)) {
        examples.set(failure.kind, {
          kind: failure.kind,
          status: failure.status,
          detail: failure.detail,
          index: record.index,
          at_ms: record.end_ms,
        });
      }
    },
    build({ version, summary, validity, thresholds, notes, args, percentileRule }) {
      const exactGaps = new Map<number, number>();
      if (summary.itl_p50_ms !== null) exactGaps.set(50, summary.itl_p50_ms);
      if (summary.itl_p99_ms !== null) exactGaps.set(99, summary.itl_p99_ms);
      const distributions = [
        describeValues('ttft', columns.llm_ttft.sorted(), percentileRule),
        describeBins('itl', { ...gaps, exact: exactGaps }),
        describeValues('tpot', columns.llm_tpot.sorted(), percentileRule),
        describeValues('latency', columns.llm_latency.sorted(), percentileRule),
      ];
      return {
        kind: 'run',
        version,
        model,
        started_at: startedAt,
        summary,
        validity,
        distributions: distributions.filter((entry): entry is Distribution => entry !== null),
        timeline: timeline.build(),
        series: times.build(),
        itl_by_position: positions.build(),
        failures: describeFailures(summary, examples),
        thresholds: describeThresholds(thresholds, { ...buildSinks(columns, summary), llm_itl: buildGapSink(gaps) }, [
          'llm_itl',
        ]),
        notes,
        args,
      };
    },
  };
}

function push(column: { push(value: number): void }, value: number | null): void {
  if (value !== null) column.push(value);
}

/** Kinds that occurred, the most frequent first; requests that left no record have no example. */
function describeFailures(
  summary: RunSummary,
  examples: ReadonlyMap<string, Omit<FailureExample, 'count'>>,
): FailureExample[] {
  return Object.entries(summary.failures)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => {
      const example = examples.get(kind) ?? { kind, status: null, detail: 'no record left', index: null, at_ms: null };
      return { ...example, count };
    });
}

/** What thresholds on our metrics compare; a rate per second needs the engine's clock, so counters have their count only. */
function buildSinks(
  columns: Readonly<Record<string, { sorted(): Float64Array }>>,
  summary: RunSummary,
): Record<string, Sink> {
  const counter = (count: number): Sink => ({ type: 'counter', count, duration_s: 0 });
  const sinks: Record<string, Sink> = {
    llm_requests: counter(summary.total_requests),
    llm_requests_completed: counter(summary.completed_requests),
    llm_requests_failed: counter(summary.failed_requests),
    llm_input_tokens_total: counter(summary.input_tokens_total),
    llm_output_tokens_total: counter(summary.output_tokens_total),
    llm_request_failed: { type: 'rate', trues: summary.failed_requests, total: summary.total_requests },
  };
  for (const [name, column] of Object.entries(columns)) {
    // An array of numbers in all that evaluating asks of it.
    sinks[name] = { type: 'trend', sorted: column.sorted() as unknown as readonly number[] };
  }
  return sinks;
}

/** Gaps are only counted in bins, so a thousand of their quantiles stand for them. */
function buildGapSink(gaps: { readonly counts: Float64Array; readonly min: number; readonly max: number }): Sink {
  const sorted = Array.from({ length: 1001 }, (_, i) => logBinQuantile(gaps.counts, i / 1000));
  const known = sorted.filter((value): value is number => value !== null);
  return { type: 'trend', sorted: known.map((value) => Math.min(gaps.max, Math.max(gaps.min, value))) };
}
