import type { RequestRecord } from '../../../measure/request-record.ts';
import { hasTimings } from '../../../metrics/metric.ts';
import type { ServerSeries } from '../../../server/server-series.ts';
import { testOrder } from '../../../stats/hand-over.ts';
import { createOutputTimes } from '../../../stats/output-times.ts';
import type { PercentileRule } from '../../../stats/percentile-rule.ts';
import type { RequestLabel } from '../../../stats/request-label.ts';
import { listRequests, numberAt, type RunData } from '../../../stats/run-data.ts';
import type { RunSummary } from '../../../stats/run-summary.ts';
import { listCells, type PageTable } from '../../tables/column-table.ts';
import { buildIntervalRows, describeStatistics, type RunStatistics } from '../../tables/interval-table.ts';
import type { ServerReport } from '../../tables/server-table.ts';
import { listTargetTables } from '../../tables/target-table.ts';
import type { RunVerdict } from '../../text/check-list.ts';
import type {
  Distribution,
  FailureExample,
  GoodputLines,
  ItlByPosition,
  RunReportData,
  TimeSeries,
} from '../report-data.ts';
import { type BinnedValues, describeBins, describeValues, traceShares } from './distribution.ts';
import { traceFluidity } from './fluidity-curves.ts';
import { createBinMemory, LOG_BIN_COUNT, logBinOf } from './log-bins.ts';
import { createPositionBins } from './position-bins.ts';
import { createRequestLister } from './request-list.ts';
import { describeServerOverTime } from './server-over-time.ts';
import { listThresholds } from './threshold-rows.ts';
import { createTimeBins } from './time-bins.ts';
import { describeTimeline } from './timeline.ts';
import { createTtftByInput } from './ttft-by-input.ts';

/** What the page says beside what the records tell. */
export interface RunReportContext
  extends Pick<RunReportData, 'summary' | 'validity' | 'notes' | 'args'>,
    Pick<RunVerdict, 'thresholds'>,
    Partial<Pick<RunVerdict, 'gates' | 'nothing'>> {
  readonly statistics?: RunStatistics;
  /** The tables that flags asked for. */
  readonly asked?: readonly PageTable[];
  readonly server?: ServerReport | null;
  readonly serverSeries?: ServerSeries;
  readonly goodput?: readonly GoodputLines[];
  readonly percentileRule: PercentileRule;
}

/** Takes the records of a run in any order, for what of it the columns of `RunData` do not hold. */
export interface RunReportCollector {
  add(record: RequestRecord): void;
  build(data: RunData, context: RunReportContext): RunReportData;
}

/** Memory: a fixed amount. */
export function createRunReportCollector(): RunReportCollector {
  const ttftByInput = createTtftByInput();
  const requests = createRequestLister();
  let startedAt: string | null = null;
  let epochMs = 0;
  let model = '';
  return {
    add(record) {
      if (startedAt === null || record.started_at < startedAt) {
        startedAt = record.started_at;
        epochMs = Date.parse(startedAt) - record.start_ms;
      }
      if (model === '') model = record.model;
      if (record.warmup === true || record.probe === true) return;
      if (record.failure !== null) requests.addFailed(record);
      if (!hasTimings(record)) return;
      ttftByInput.add(record);
      requests.addCompleted(record);
    },
    build(
      data,
      {
        statistics,
        asked = [],
        summary,
        validity,
        thresholds,
        gates = [],
        nothing = null,
        notes,
        args,
        percentileRule,
        server = null,
        serverSeries,
        goodput = [],
      },
    ) {
      const gaps = binGaps(data);
      const exact = new Map<number, number>();
      if (summary.itl_p50_ms !== null) exact.set(50, summary.itl_p50_ms);
      if (summary.itl_p99_ms !== null) exact.set(99, summary.itl_p99_ms);
      const distributions = [
        describeValues('ttft', data.sorted('ttft'), percentileRule),
        describeBins('itl', { ...gaps.values, exact }),
        describeValues('tpot', data.sorted('tpot'), percentileRule),
        describeValues('latency', data.sorted('latency'), percentileRule),
      ];
      return {
        kind: 'run',
        model,
        started_at: startedAt,
        summary,
        validity,
        distributions: distributions.filter((entry): entry is Distribution => entry !== null),
        timeline: describeTimeline(data),
        series: binTimes(data),
        itl_by_position: gaps.positions,
        fluidity: traceFluidity(data, percentileRule),
        longest_gaps: traceShares(data.sorted('max_itl')),
        ttft_by_input: ttftByInput.build(),
        requests: requests.build(),
        failures: describeFailures(summary, data),
        thresholds: listThresholds(gates, thresholds, nothing),
        statistics:
          statistics === undefined
            ? null
            : {
                rows: buildIntervalRows(summary, statistics),
                lines: describeStatistics(summary, statistics),
              },
        tables: [
          ...asked,
          ...listTargetTables(summary).map(({ title, columns, rows }) => ({ title, ...listCells(columns, rows) })),
        ],
        server:
          server === null || serverSeries === undefined ? null : describeServerOverTime(server, serverSeries, epochMs),
        goodput,
        notes,
        args,
      };
    },
  };
}

/** The gaps by their length, and by their place in the output. */
function binGaps(data: RunData): { readonly values: Omit<BinnedValues, 'exact'>; readonly positions: ItlByPosition } {
  const positions = createPositionBins();
  const binOf = createBinMemory();
  for (const request of listRequests(data, hasTimings).filter(testOrder(data))) {
    const own = data.gaps.of(request);
    for (let place = 0; place < own.length; place++) positions.add(place + 1, binOf(own[place] as number));
  }
  const sorted = data.sorted('itl');
  const counts = new Float64Array(LOG_BIN_COUNT);
  sorted.each((value, count) => {
    const bin = logBinOf(value);
    counts[bin] = (counts[bin] as number) + count;
  });
  const [min, max] = [sorted.at(0) ?? Number.POSITIVE_INFINITY, sorted.at(-1) ?? 0];
  return { values: { counts, count: sorted.length, min, max, sum: sorted.sum() }, positions: positions.build() };
}

/** What happened per window of time. */
function binTimes(data: RunData): TimeSeries {
  const times = createTimeBins();
  const [starts, ends, lags] = [data.column('start_ms'), data.column('end_ms'), data.column('client_lag')];
  const dues = data.column('scheduled_ms');
  const [tokens, chunks] = [data.column('output_tokens'), data.column('chunks')];
  const outputTimes = createOutputTimes(data);
  for (let request = 0; request < data.count; request++) {
    const [start, end] = [starts[request] as number, ends[request] as number];
    const { outcome } = data.labels[data.labelOf[request] as number] as RequestLabel;
    times.addRequest(Math.min(start, numberAt(dues, request) ?? start), start, end, outcome, numberAt(lags, request));
    if (outcome !== 'completed') continue;
    const { first, gaps } = outputTimes(request);
    times.addStream(first, gaps, numberAt(tokens, request) ?? numberAt(chunks, request) ?? 0);
  }
  return times.build();
}

/** Kinds that occurred, the most frequent first; requests that left no record have no example. */
function describeFailures(summary: RunSummary, { labels }: RunData): FailureExample[] {
  return Object.entries(summary.failures)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => {
      const label = labels.find(({ failure }) => failure?.kind === kind);
      return label === undefined || label.failure === null
        ? { kind, count, status: null, detail: 'no record left', index: null, at_ms: null }
        : { ...label.failure, count, index: label.index, at_ms: label.end_ms };
    });
}
