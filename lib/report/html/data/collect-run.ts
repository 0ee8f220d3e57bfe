import { chunkTimes } from '../../../measure/chunk-times.ts';
import type { RequestRecord } from '../../../measure/request-record.ts';
import { createGrowableColumn } from '../../../stats/growable-column.ts';
import type { PercentileRule } from '../../../stats/percentile-rule.ts';
import type { RunSummary } from '../../../stats/run-summary.ts';
import type { GateResult } from '../../../verdict/judge-gates.ts';
import type { NothingMeasured } from '../../../verdict/nothing-measured.ts';
import type { ThresholdResult } from '../../../verdict/threshold-result.ts';
import { buildIntervalRows, describeStatistics, type RunStatistics } from '../../tables/interval-table.ts';
import type { Distribution, FailureExample, RunReportData } from '../report-data.ts';
import { describeBins, describeValues } from './distribution.ts';
import { LOG_BIN_COUNT, logBinOf } from './log-bins.ts';
import { createPositionBins } from './position-bins.ts';
import { createRequestLister } from './request-list.ts';
import { listThresholds } from './threshold-rows.ts';
import { createTimeBins } from './time-bins.ts';
import { createTimelineCollector } from './timeline.ts';
import { createTtftByInput } from './ttft-by-input.ts';

/** What the page says beside what the records tell. */
export interface RunReportContext {
  readonly summary: RunSummary;
  readonly validity: { readonly verdict: string; readonly reasons: readonly string[] };
  readonly thresholds: readonly ThresholdResult[];
  readonly gates?: readonly GateResult[];
  /** What keeps a run that measured nothing from passing. */
  readonly nothing?: NothingMeasured | null;
  readonly statistics?: RunStatistics;
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

/** Memory: 60 bytes a request, and a fixed amount for gaps, times and samples. */
export function createRunReportCollector(): RunReportCollector {
  const columns = { ttft: createGrowableColumn(), tpot: createGrowableColumn(), latency: createGrowableColumn() };
  const gaps = { counts: new Float64Array(LOG_BIN_COUNT), count: 0, min: Number.POSITIVE_INFINITY, max: 0, sum: 0 };
  const positions = createPositionBins();
  const times = createTimeBins();
  const timeline = createTimelineCollector();
  const ttftByInput = createTtftByInput();
  const requests = createRequestLister();
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
    const arrivals = chunkTimes(record, record.start_ms);
    if (arrivals.length === 0) arrivals.push(record.end_ms);
    for (const time of arrivals) times.addTokens(time, tokens / arrivals.length);
  }

  function addCompleted(record: RequestRecord): void {
    addTokens(record);
    if (record.clock_steps !== undefined) return;
    push(columns.ttft, record.ttft_ms);
    push(columns.tpot, record.tpot_ms);
    push(columns.latency, record.latency_ms);
    addGaps(record.chunk_gaps_ms);
    ttftByInput.add(record);
    requests.addCompleted(record);
  }

  return {
    add(record) {
      if (startedAt === null || record.started_at < startedAt) startedAt = record.started_at;
      if (model === '') model = record.model;
      timeline.add(record);
      if (record.warmup === true) return;
      if (record.outcome === 'cancelled') return;
      const { failure } = record;
      times.addRequest(record.start_ms, record.end_ms, failure === null, record.client_lag_ms ?? null);
      if (failure === null) addCompleted(record);
      else requests.addFailed(record);
      if (failure !== null && !examples.has(failure.kind)) {
        examples.set(failure.kind, {
          kind: failure.kind,
          status: failure.status,
          detail: failure.detail,
          index: record.index,
          at_ms: record.end_ms,
        });
      }
    },
    build({ statistics, summary, validity, thresholds, gates = [], nothing = null, notes, args, percentileRule }) {
      const exactGaps = new Map<number, number>();
      if (summary.itl_p50_ms !== null) exactGaps.set(50, summary.itl_p50_ms);
      if (summary.itl_p99_ms !== null) exactGaps.set(99, summary.itl_p99_ms);
      const distributions = [
        describeValues('ttft', columns.ttft.sorted(), percentileRule),
        describeBins('itl', { ...gaps, exact: exactGaps }),
        describeValues('tpot', columns.tpot.sorted(), percentileRule),
        describeValues('latency', columns.latency.sorted(), percentileRule),
      ];
      return {
        kind: 'run',
        model,
        started_at: startedAt,
        summary,
        validity,
        distributions: distributions.filter((entry): entry is Distribution => entry !== null),
        timeline: timeline.build(),
        series: times.build(),
        itl_by_position: positions.build(),
        ttft_by_input: ttftByInput.build(),
        requests: requests.build(),
        failures: describeFailures(summary, examples),
        thresholds: listThresholds(gates, thresholds, nothing),
        statistics:
          statistics === undefined
            ? null
            : { rows: buildIntervalRows(summary, statistics), lines: describeStatistics(statistics) },
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
