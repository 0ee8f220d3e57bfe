import { streams } from '../api/build-request.ts';
import { fromEngineResult } from '../conditions/measured-guard.ts';
import { nameStop, readStopRule, STOP_FLAGS } from '../conditions/stop-rules.ts';
import { renderConfigForArgsFile } from '../config/args-file.ts';
import { concurrencyOf } from '../config/open-loop.ts';
import type { RunConfig } from '../config/parameters.ts';
import { buildPercentileJson, buildSummaryJson, formatBenchmarkJson } from '../evalscope/quick-start.ts';
import { describeRampUp } from '../load/ramp-up.ts';
import { describeStages } from '../load/stages.ts';
import { measureSegments, planShare } from '../records/segment.ts';
import { buildSummaryFile } from '../report/json/summary-json.ts';
import { renderReport, type ThresholdResult } from '../report/text/render-report.ts';
import { createMetricValues } from '../stats/metric-values.ts';
import { rateOf } from '../stats/open-loop.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { summarizeMetrics } from '../stats/summarize-metrics.ts';
import type { ClientWaits } from '../verdict/client-waits.ts';
import { findNothingMeasured } from '../verdict/nothing-measured.ts';
import { judgeRun } from '../verdict/validity.ts';
import { type ActualLoad, type CountRequests, describeLoadChange, expectedRequests } from './actual-load.ts';
import { describeGates, describeRun, describeTrendStats, describeWarmup } from './run-notes.ts';

/** k6 does not say how wide its terminal is, or whether there is one. */
const COLUMNS = 80;

/** What the engine itself says at the end of a run, beside the records it wrote. */
export interface EngineSummary {
  readonly finished_requests: number;
  /** Sent and stopped under way. */
  readonly unfinished_requests: number;
  readonly thresholds: readonly ThresholdResult[];
}

/** The part of `handleSummary`'s data that a report needs. */
interface K6SummaryData {
  readonly options?: { readonly summaryTrendStats?: readonly string[] };
  readonly metrics?: Readonly<Record<string, K6SummaryMetric>>;
}

interface K6SummaryMetric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** What the engine counted, so that who reads the records can say how many are missing: the line at the end of a run. */
export interface RunCounts {
  readonly sent: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly warmups: number;
  readonly dropped_iterations: number;
  readonly vus_max: number | null;
  /** What ended the run early; absent where nothing of ours did. */
  readonly stopped_by?: string;
}

/**
 * @param data     what `handleSummary` gets; null where it is of another form
 * @param probeVus VUs that are not of the load
 */
export function countRequests(data: unknown, probeVus = 0): RunCounts | null {
  const { metrics } = data as K6SummaryData;
  if (metrics === undefined) return null;
  const { counter } = createMetricValues(metrics);
  const vus = metrics['vus_max']?.values['max'];
  const rule = collectThresholds(metrics).find(({ metric }) => metric.startsWith(STOP_FLAGS));
  return {
    sent: counter('llm_requests_sent'),
    completed: counter('llm_requests_completed'),
    failed: counter('llm_requests_failed'),
    cancelled: counter('llm_requests_cancelled'),
    warmups: counter('llm_warmup_requests'),
    dropped_iterations: counter('dropped_iterations'),
    vus_max: vus === undefined ? null : vus - probeVus,
    ...(rule === undefined ? {} : { stopped_by: nameStop(rule) }),
  };
}

export interface SummaryTargets {
  /** Requests the run was to send; null when bounded by time. */
  readonly expectedRequests: number | null;
  /** Iterations that come before the measured ones. */
  readonly warmups: number;
  /** How many requests so many iterations have; absent: one each. */
  readonly countRequests?: CountRequests | undefined;
  /** What the engine ran. */
  readonly load: ActualLoad;
  /** When requests start, warm-up included; null in a closed loop. */
  readonly starts: readonly number[] | null;
  /** k6's execution segment, this instance's part of a distributed run; null for all of it. */
  readonly segment: string | null;
  /** Whether the transport of this bundle sees the events of a stream. */
  readonly seesEvents: boolean;
  /** Whether it says what connecting took. */
  readonly ownsConnections: boolean;
  /** Takes the run's secrets out of a text. */
  readonly mask: (text: string) => string;
  /** An existing folder for the two JSON files. */
  readonly outputsDir: string | undefined;
  /** Gates that wait for the report. Default 0. */
  readonly gateCount?: number;
  /** Set by the command line, which makes the report itself: only what the records do not tell goes there. */
  readonly summaryFile: string | undefined;
}

/**
 * What `handleSummary` returns: texts by file, or for the terminal.
 *
 * k6 gives it aggregated metrics only, so this is the summary of one instance; the report from the records is exact and
 * can merge instances.
 */
export function summarizeRun(data: unknown, config: RunConfig, targets: SummaryTargets): Record<string, string> {
  const metrics = (data as K6SummaryData).metrics;
  if (metrics === undefined) {
    return { stderr: 'no tables: this script needs the usual summary data; unset K6_NEW_MACHINE_READABLE_SUMMARY\n' };
  }
  const thresholds = collectThresholds(metrics);
  if (targets.summaryFile !== undefined && targets.summaryFile !== '') {
    const { counter } = createMetricValues(metrics);
    const finished_requests =
      counter('llm_requests_completed') + counter('llm_requests_failed') + counter('llm_requests_cancelled');
    const unfinished_requests = Math.max(0, counter('llm_requests_sent') - finished_requests);
    const told: EngineSummary = { finished_requests, unfinished_requests, thresholds };
    return { [targets.summaryFile]: JSON.stringify(told, null, 2) };
  }
  const { load, warmups, starts, segment } = targets;
  const segments = segment === null ? [] : [segment];
  // Another load than the planned one has others of the starts.
  const wholeRate = starts === null || load.change !== null ? null : rateOf(starts.slice(warmups));
  const stream = streams(config);
  const summary = summarizeMetrics(metrics, {
    concurrency: load.change === null ? concurrencyOf(config) : load.concurrency,
    expectedRequests:
      load.change === null
        ? targets.expectedRequests
        : expectedRequests(load.iterations, warmups, targets.countRequests),
    percentileRule: config.percentileRule,
    stream,
    ownsConnections: targets.ownsConnections || !stream,
    scheduledPerS: wholeRate === null ? null : wholeRate * (measureSegments(segments) ?? 1),
    ttftRule: stream && !targets.seesEvents ? 'first-byte' : config.ttftRule,
  });
  const warmedUp = metrics['llm_warmup_requests']?.values['count'] ?? 0;
  const nothing = findNothingMeasured(summary, null, null, warmedUp);
  const isRun = nothing?.state !== 'no-run';
  const validity = judgeRun(summary, nothing, {
    probes: readProbes(metrics, summary),
    planned_requests: planShare(summary.expected_requests, segments),
    bounded_by_time: load.change === null ? targets.expectedRequests === null : load.durationS !== null,
  });
  const notes = [
    ...describeRun(summary),
    // An instance has its share of the warm-up.
    ...describeWarmup(warmedUp, segment === null ? summary.concurrency : null),
    ...describeRampUp(config.rampUpS),
    ...describeStages(config.stages),
    ...describeLoadChange(load.change),
    ...describeTrendStats((data as K6SummaryData).options?.summaryTrendStats),
    ...describeGates(targets.gateCount ?? 0),
  ];
  const report = isRun
    ? renderReport(
        summary,
        { dbPath: null, notes, thresholds, validity, nothing },
        { tables: config.tables ?? 'all', columns: COLUMNS },
      )
    : 'No request was sent.\n';
  const folder = targets.outputsDir;
  if (folder === undefined || folder === '') return { stdout: report };
  return {
    stdout: report,
    [`${folder}/summary.json`]: formatBenchmarkJson(buildSummaryFile(summary, validity, isRun ? thresholds : [])),
    [`${folder}/benchmark_args.json`]: formatBenchmarkJson(renderConfigForArgsFile(config, targets.mask)),
    [`${folder}/benchmark_summary.json`]: formatBenchmarkJson(buildSummaryJson(summary, null)),
    [`${folder}/benchmark_percentile.json`]: formatBenchmarkJson(buildPercentileJson(summary)),
  };
}

/** Lag of the probes as k6 sums it up, those of the first requests among them; null without any. */
function readProbes(metrics: Readonly<Record<string, K6SummaryMetric>>, summary: RunSummary): ClientWaits | null {
  const { client_lag_p50_ms: p50_ms, client_lag_p99_ms: p99_ms } = summary;
  const mean_ms = createMetricValues(metrics).trend('llm_client_lag', 'avg');
  return mean_ms === null || p50_ms === null || p99_ms === null ? null : { mean_ms, p50_ms, p99_ms };
}

function collectThresholds(metrics: Readonly<Record<string, K6SummaryMetric>>): ThresholdResult[] {
  return Object.entries(metrics)
    .flatMap(([metric, { thresholds }]) =>
      Object.entries(thresholds ?? {}).flatMap(([expression, { ok }]) => {
        const rule = readStopRule(metric, expression);
        // A rule that did not end the run is not a condition of the user's.
        if (rule !== null) return ok ? [] : [{ metric: rule.flag, expression: String(rule.limit), ok }];
        return [fromEngineResult({ metric, expression, ok })];
      }),
    )
    .sort((a, b) => (a.metric + a.expression < b.metric + b.expression ? -1 : 1));
}
