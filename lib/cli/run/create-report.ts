import { writeCurrentFiles, writeQuickStartFiles } from '../../evalscope/node-evalscope-files.ts';
import {
  buildPercentileJson,
  buildSummaryJson,
  formatBenchmarkJson,
  type JsonRow,
} from '../../evalscope/quick-start.ts';
import { describeRampUp } from '../../load/ramp-up.ts';
import { describeStages } from '../../load/stages.ts';
import { listProblems, type ReadReport } from '../../records/node-read-report.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { planShare } from '../../records/segment.ts';
import { createResultDatabase, type ResultDatabase } from '../../report/database/node-database.ts';
import { createRunReportCollector } from '../../report/html/data/collect-run.ts';
import { drawGoodput } from '../../report/html/data/goodput-lines.ts';
import { formatNumber } from '../../report/html/format-value.ts';
import { loadPageAssets } from '../../report/html/node-page-assets.ts';
import { renderPage } from '../../report/html/render-page.ts';
import type { GoodputLines, RunReportData } from '../../report/html/report-data.ts';
import { buildSummaryFile, type SummaryFile } from '../../report/json/summary-json.ts';
import type { ReportFolder } from '../../report/node-write-report.ts';
import { PAGE_FILE } from '../../report/report-folder.ts';
import { describeConversations } from '../../report/tables/conversation-table.ts';
import { describeDrift } from '../../report/tables/describe-drift.ts';
import {
  describeAskedNumbers,
  describeExperience,
  type ExperienceReport,
  listAskedTables,
} from '../../report/tables/experience-table.ts';
import { describeAskedRows } from '../../report/tables/extra-table.ts';
import { describeCertainty, type RunStatistics } from '../../report/tables/interval-table.ts';
import { describeServer, describeServerNotes, listServerTables } from '../../report/tables/server-table.ts';
import { describeTargets } from '../../report/tables/target-table.ts';
import { passes, type RunVerdict } from '../../report/text/check-list.ts';
import { renderJunit } from '../../report/text/junit.ts';
import { renderMarkdownSummary } from '../../report/text/markdown-summary.ts';
import { type ReportView, renderReport, type ThresholdResult } from '../../report/text/render-report.ts';
import { describeLoadChange } from '../../scenario/actual-load.ts';
import {
  describeBeginnings,
  describeFewChunks,
  describeRun,
  describeStartBursts,
  describeWarmup,
  measureBehindStart,
} from '../../scenario/run-notes.ts';
import { countDrafted } from '../../server/summarize-server.ts';
import type { FailureKind } from '../../shared/failure-kinds.ts';
import { formatCount } from '../../shared/format-count.ts';
import { replaceFile, writeNamedFile } from '../../shared/node-files.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { computeCost, explainNoCost, type Prices } from '../../stats/cost.ts';
import { summarizeExperience } from '../../stats/experience.ts';
import { type GoodputSummary, listGoodputCurves, summarizeGoodput } from '../../stats/goodput-curve.ts';
import type { PercentileRule } from '../../stats/percentile-rule.ts';
import { createRunDataBuilder, type RunData } from '../../stats/run-data.ts';
import { findDrift, findLengthDrift } from '../../stats/run-drift.ts';
import { estimateRunIntervals, type RunIntervals } from '../../stats/run-intervals.ts';
import { DEFAULT_SLICE_MS, summarizeSlices } from '../../stats/run-slices.ts';
import { readStages, summarizeStages } from '../../stats/run-stages.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { findStartBursts } from '../../stats/start-bursts.ts';
import { findSteadyState } from '../../stats/steady-state.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { loadRecount } from '../../tokens/node-tokenizer.ts';
import { adviseGates } from '../../verdict/advise-gates.ts';
import { collectProbes } from '../../verdict/client-probes.ts';
import { listGoodRequests } from '../../verdict/goodput.ts';
import type { GateResult } from '../../verdict/judge-gates.ts';
import { findNothingMeasured, sayUnread } from '../../verdict/nothing-measured.ts';
import { judgeRun, type MachineEvidence, type Validity } from '../../verdict/validity.ts';
import { createFileGuard } from '../support/file-guard.ts';
import { PAGE_DIR } from '../support/package-paths.ts';
import { type Conditions, judgeCold, judgeConditions } from './judge-run.ts';
import { createClientCounter, readServerSeries } from './read-server.ts';
import type { TimeSpan } from './timer-waits.ts';

/** What a report is made from. */
export interface ReportSource {
  /** k6's `--out json` files, or the Node engine's, of one run. */
  readonly files: readonly string[];
  /** true: files of different runs are merged anyway. Default: they are refused. */
  readonly anyway?: boolean;
  /** An existing folder without results. */
  readonly folder: ReportFolder;
  /** Counts tokens where the server sent no usage; null: chunks are counted. */
  readonly tokenizer: string | null;
  readonly saveText: boolean;
  /** What the machine tells of the client during the run; absent when only the samples are there. */
  readonly machine?: (samples: ReadReport, span: TimeSpan | null) => MachineEvidence;
  /** Requests that were stopped under way, as the engine counted them; absent when only the samples are there. */
  readonly unfinishedRequests?: (samples: ReadReport) => number;
  /** What cut the run short, as a reason names it; null: nothing did, or nobody knows. */
  readonly cutShortBy?: string | null;
  /** What the engine found itself; empty where only the samples are there. */
  readonly thresholds: readonly ThresholdResult[];
  /** What the records are judged by. */
  readonly conditions: Conditions;
  /** Lines below the tables beside those that the samples make. */
  readonly notes?: (samples: ReadReport, summary: RunSummary) => readonly string[];
  /** Chosen when the samples are read, since they may tell of the run. */
  readonly settings: (samples: ReadReport) => ReportSettings;
}

/** What the tables show beside what was measured. */
export interface ReportSettings {
  readonly concurrency: number | null;
  readonly expectedRequests: number | null;
  readonly percentileRule: PercentileRule;
  /** The content of `benchmark_args.json`, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Report {
  readonly summary: RunSummary;
  readonly summaryJson: JsonRow;
  readonly percentilesJson: readonly JsonRow[];
  /** The whole report as text. */
  readonly text: string;
  /** As much of it as a view wants. */
  show(view: ReportView): string;
  readonly thresholds: readonly ThresholdResult[];
  readonly gates: readonly GateResult[];
  readonly validity: Validity;
  /** All of the above, as it decides. */
  readonly verdict: RunVerdict;
  readonly passed: boolean;
  /** The run as Markdown, as `summary.md` in the folder holds it. */
  readonly markdown: string;
  readonly samples: ReadReport;
  /** What `perf_report.html` draws, for charts elsewhere. */
  readonly charts: RunReportData;
  /** Of its numbers, out of this run alone. */
  readonly intervals: RunIntervals | null;
  /** What rose or fell while it ran, a sentence each. */
  readonly drift: readonly string[];
}

/**
 * Reads the records of a run once and makes everything of them: tables, evalscope's JSON files and its database.
 *
 * @throws {ConfigError} for requests that come twice, unlike runs, or an unknown tokenizer
 */
export async function createReport(source: ReportSource): Promise<Report> {
  const { files, folder, conditions } = source;
  const recount = await loadRecount(source.tokenizer, source.saveText);
  const builder = createRunDataBuilder();
  const charts = createRunReportCollector();
  const counter = createClientCounter();
  let firstStart = Number.POSITIVE_INFINITY;
  const examples = new Map<FailureKind, string>();
  const guard = createFileGuard();
  let database = null as ResultDatabase | null;
  let hasDatabase = guard.attempt('benchmark_data.db', () => {
    database = createResultDatabase(folder.database);
  });
  let samples: ReadReport;
  try {
    const read = await readRecords(
      files,
      (raw) => {
        const record = recount(raw);
        counter.add(record);
        charts.add(record);
        builder.add(record);
        // The tables leave warm-up requests out, and so does everybody who takes an average in the database.
        if (record.warmup === true || record.probe === true) return;
        firstStart = Math.min(firstStart, Date.parse(record.started_at));
        if (hasDatabase) hasDatabase = guard.attempt('benchmark_data.db', () => database?.add(record));
        const { failure } = record;
        if (failure !== null && !examples.has(failure.kind)) examples.set(failure.kind, failure.detail);
      },
      // The service may have counted them all the same.
      { anyway: source.anyway === true, onClosed: (record) => counter.add(recount(record)) },
    );
    // On a full disk a request that finished looks as if it were under way.
    samples = { ...read, unfinishedRequests: source.unfinishedRequests?.(read) ?? read.unfinishedRequests };
  } catch (error) {
    database?.discard();
    throw error;
  }
  const settings = source.settings(samples);
  const series = readServerSeries(files, samples.serverReadings, settings.args);
  if (hasDatabase) {
    hasDatabase = guard.attempt('benchmark_data.db', () => {
      database?.addServer(series.moments);
      database?.close();
    });
  }
  if (!hasDatabase) guard.attempt('benchmark_data.db', () => database?.discard());
  const run = builder.build(samples.unfinishedRequests, samples.connectProbes);
  const summary = summarizeData(run, { ...settings, droppedIterations: samples.droppedIterations });
  const [firstFailure] = examples;
  const { connectionFailure, warmupRequests } = samples;
  const nothing = sayUnread(
    findNothingMeasured(summary, firstFailure?.join(': ') ?? null, connectionFailure, warmupRequests),
    samples,
  );
  const { time_taken_ms } = summary;
  const span = time_taken_ms === null ? null : { fromMs: firstStart, toMs: firstStart + time_taken_ms };
  const machine = source.machine?.(samples, span);
  const plannedRequests = planShare(settings.expectedRequests, samples.segments);
  const cutShortBy = source.cutShortBy ?? samples.stoppedBy;
  const validity = judgeRun(summary, nothing, {
    ...machine,
    probes: collectProbes(run, summary.concurrency),
    in_bursts: findStartBursts(run, summary.concurrency, 2) !== null,
    sample_faults: samples.faults,
    unread_requests: samples.lostRecords + samples.requestsWithoutRecord,
    planned_requests: plannedRequests,
    bounded_by_time: typeof settings.args['duration'] === 'number',
    cut_short_by: cutShortBy,
    behind_start_ms: measureBehindStart(samples.beginnings, samples.args?.['start_at']),
  });
  const dbPath = hasDatabase ? folder.database : null;
  guard.attempt('evalscope files', () => {
    writeQuickStartFiles(folder, settings.args, summary, dbPath);
    writeCurrentFiles(folder, { summary, run, args: withTags(settings.args, samples), startedAtMs: firstStart });
  });
  const judgement = judgeConditions(conditions, run, samples, {
    rule: settings.percentileRule,
    engine: source.thresholds,
    missing: machine?.lost_records ?? 0,
    sliceMs: readSliceMs(settings.args) ?? DEFAULT_SLICE_MS,
  });
  const server = counter.compare(series, samples.unfinishedRequests);
  const { thresholds, errors } = judgement;
  const gates = [...judgement.gates, ...(conditions.requireCold ? [judgeCold(server?.summary ?? null)] : [])];
  const verdict: RunVerdict = { thresholds, gates, validity, requireValid: conditions.requireValid, nothing };
  const goodput = readGoodput(run);
  const beganMs = findBegin(samples, run, firstStart);
  const { warmup_duration: warmUpS } = settings.args;
  const isByTime = typeof warmUpS === 'number' && warmUpS > 0;
  const warmUpMs = isByTime ? warmUpS * 1000 : samples.warmupRequests > 0 ? null : 0;
  const draftedTokens = server === null ? null : countDrafted(server.summary);
  const wasCut = cutShortBy !== null || samples.hadEnough || isShort(run, plannedRequests, settings.args);
  const feel = summarizeFeel(
    { run, summary, goodput: goodput.points, beganMs, warmUpMs, wasCut, draftedTokens },
    conditions,
    settings,
  );
  const rampUpMs = Number(settings.args['ramp_up'] ?? 0) * 1000;
  const scope = { streams: summary.concurrency, rampUpMs };
  const statistics: RunStatistics = {
    intervals: estimateRunIntervals(run, settings.percentileRule),
    steady_state: findSteadyState(run, settings.percentileRule, rampUpMs),
    drift: findDrift(run, scope, isLoadChanging(settings.args)),
  };
  const summaryFile = buildSummaryFile(
    summary,
    validity,
    thresholds,
    { ...startOf(firstStart), gates, errors, client: machine ?? null, server, ...feel, ...statistics },
    samples,
  );
  const write = (name: string, text: string): boolean =>
    guard.attempt(name, () => replaceFile(`${folder.path}/${name}`, text));
  write('summary.json', formatBenchmarkJson(summaryFile));
  const model = String(settings.args['model'] ?? samples.tags.model[0] ?? 'unknown model');
  const asked = listAskedTables(feel);
  const isServerAsked = asksForServer(settings.args);
  const tables = [...asked, ...listServerTables(isServerAsked ? server : null)];
  const markdown = renderMarkdownSummary({ ...verdict, model, summary, examples, tables });
  write('summary.md', markdown);
  const ofRun = [
    ...describeRun(summary),
    ...describeWarmup(samples.warmupRequests, summary.concurrency),
    ...describeRampUp(settings.args['ramp_up']),
    ...describeStages(settings.args['stages']),
    ...describeFewChunks(statistics.intervals.chunks_per_token),
    // Bursts of a schedule are what was asked for.
    ...describeStartBursts(summary.open_loop === null ? findStartBursts(run, summary.concurrency) : null),
    ...describeLoadChange(samples.args?.['load_change']),
  ];
  const drift = describeDrift(statistics.drift, run.firstStart, firstStart, findLengthDrift(run, scope));
  const ofServer = describeServerNotes(server, series);
  const tooFew = adviseGates(conditions.gates, run, readSliceMs(settings.args) ?? DEFAULT_SLICE_MS);
  const advice = tooFew === null ? [] : [`Gates: ${tooFew}`];
  const noCost = [explainNoCost(summary, readPrices(settings.args))].filter((line) => line !== null);
  const ofSamples = [
    ...drift,
    ...advice,
    ...noCost,
    ...ofServer,
    ...describeSamples(samples),
    ...describeProbe(samples, settings.args),
    ...judgement.notes,
    ...(source.notes?.(samples, summary) ?? []),
  ];
  const data = charts.build(run, {
    summary,
    validity,
    thresholds,
    gates,
    nothing,
    statistics,
    asked,
    notes: [...ofRun, ...ofSamples],
    args: settings.args,
    percentileRule: settings.percentileRule,
    server,
    serverSeries: series,
    goodput: goodput.lines,
  });
  write(PAGE_FILE, renderPage(data, loadPageAssets(PAGE_DIR)));
  const junit = renderJunit({ ...verdict, model, summary });
  const { junit: named } = conditions;
  if (named === null) write('junit.xml', junit);
  else guard.attempt(named, () => writeNamedFile(named, junit));
  // The page lists failures by themselves.
  const failures = [...examples]
    // What is said of a run in which nothing completed names its first failure.
    .filter(([kind, detail]) => nothing?.text.endsWith(`${kind}: ${detail}`) !== true)
    .map(([kind, detail]) => `First ${kind}: ${detail}`);
  const notes = [...ofRun, ...failures, ...ofSamples, ...guard.notes()];
  const ofRecords = ({ tables, columns }: ReportView): string[] => {
    const isWhole = tables === 'all';
    return [
      ...(isWhole ? [] : describeAskedRows(summary, columns)),
      ...describeTargets(summary, columns),
      ...describeConversations(summary, columns),
      ...(isWhole ? describeExperience(feel, columns) : []),
      ...describeAskedNumbers(feel, columns),
      ...describeServer(isWhole || isServerAsked ? server : null, columns),
      // What a gate says of its p99 is not said twice.
      ...(isWhole ? describeCertainty(summary, statistics, columns).filter((line) => line !== tooFew) : []),
    ];
  };
  const context = { dbPath, notes, ofRecords, ...verdict };
  return {
    summary,
    summaryJson: buildSummaryJson(summary, dbPath),
    percentilesJson: buildPercentileJson(summary),
    text: renderReport(summary, context, { tables: 'all' }),
    show: (view) => renderReport(summary, context, view),
    thresholds,
    gates,
    validity,
    verdict,
    passed: passes(verdict),
    markdown,
    samples,
    charts: data,
    intervals: statistics.intervals,
    drift,
  };
}

/** What says that a load was meant to change, or was not as planned. */
const CHANGING = ['stages', 'rate_stages', 'ramp_up_strategy', 'schedule', 'load_change'] as const;

function isLoadChanging(args: Readonly<Record<string, unknown>>): boolean {
  return CHANGING.some((name) => (args[name] ?? null) !== null);
}

/** Whether somebody named pages of metrics; the command looks beside the API unasked. */
function asksForServer(args: Readonly<Record<string, unknown>>): boolean {
  return ['server_metrics', 'gpu_metrics', 'server_metric'].some((name) => {
    const pages = args[name];
    return Array.isArray(pages) && pages.length > 0;
  });
}

function readSliceMs(args: Readonly<Record<string, unknown>>): number | null {
  return typeof args['slice'] === 'number' ? args['slice'] * 1000 : null;
}

/** What tables, files and the page have of the curves, which take 16 bytes a request and are forgotten. */
function readGoodput(run: RunData): { readonly points: GoodputSummary; readonly lines: readonly GoodputLines[] } {
  const curves = listGoodputCurves(run);
  return { points: summarizeGoodput(curves), lines: curves.map(drawGoodput) };
}

/** What users feel, what it cost, and slices where they were asked for. */
function summarizeFeel(
  measured: {
    readonly run: RunData;
    readonly summary: RunSummary;
    readonly goodput: GoodputSummary;
    readonly beganMs: Milliseconds | null;
    /** null: until the first measured request. */
    readonly warmUpMs: Milliseconds | null;
    /** Whether the load ended before its stages. */
    readonly wasCut: boolean;
    readonly draftedTokens: number | null;
  },
  { gates }: Pick<Conditions, 'gates'>,
  { args, percentileRule }: ReportSettings,
): ExperienceReport {
  const { run, summary, goodput, beganMs, warmUpMs, wasCut, draftedTokens } = measured;
  const staged = readStages(args);
  const sliceMs = readSliceMs(args);
  return {
    experience: summarizeExperience(run, draftedTokens),
    goodput,
    cost: computeCost(summary, readPrices(args), countGoodAnswers(run, gates)),
    stages: staged === null ? null : summarizeStages(run, staged, beganMs, percentileRule, { warmUpMs, wasCut }),
    slices: sliceMs === null ? [] : summarizeSlices(run, sliceMs, percentileRule),
  };
}

/** Whether stages ended early since their requests did: fewer were sent than planned, or --number was reached. */
function isShort(run: RunData, planned: number | null, { number }: ReportSettings['args']): boolean {
  const sent = run.count + run.unfinished;
  return sent < (planned ?? 0) || (typeof number === 'number' && sent >= number);
}

function readPrices(args: ReportSettings['args']): Prices {
  const price = (name: string): number | null => (typeof args[name] === 'number' ? args[name] : null);
  return { input: price('price_input'), output: price('price_output'), hour: price('price_hour') };
}

/** The answers that met the limits of the first gate on goodput of all requests; null without one. */
function countGoodAnswers(run: RunData, gates: Conditions['gates']): number | null {
  const limits = gates.flatMap(({ measure, tags }) =>
    measure.type === 'goodput' && tags.length === 0 ? [measure.limits] : [],
  );
  return limits[0] === undefined ? null : listGoodRequests(run, () => true, limits[0]).length;
}

/** When the load began, on the run's clock, to a millisecond; of several instances that of the first. */
function findBegin({ beginnings }: ReadReport, { firstStart }: RunData, firstStartedAt: number): Milliseconds | null {
  if (firstStart === null || beginnings.length === 0) return null;
  return beginnings.reduce((a, b) => Math.min(a, b)) - firstStartedAt + firstStart;
}

/** When the first measured request started; nothing without one. */
function startOf(firstStart: number): Pick<SummaryFile, 'started_at'> {
  return Number.isFinite(firstStart) ? { started_at: new Date(firstStart).toISOString() } : {};
}

/** The configuration, with what the samples are tagged with where they were written without one. */
function withTags(args: Readonly<Record<string, unknown>>, { tags }: ReadReport): Readonly<Record<string, unknown>> {
  const { model, dataset } = args;
  return { ...args, model: model ?? tags.model[0], dataset: dataset ?? tags.dataset[0] };
}

/** The line about a probe beside the load that was silent, since nobody misses rows that are not there. */
function describeProbe(
  { probeRequests, segments }: ReadReport,
  { probe_rate: rate }: Readonly<Record<string, unknown>>,
): string[] {
  // Of several instances one has it.
  return typeof rate !== 'number' || probeRequests > 0 || segments.length > 0
    ? []
    : [
        `No request of --probe-rate ${rate} ended within the load: the first is due half a gap, ${formatNumber(0.5 / rate)} s, after its start.`,
      ];
}

function describeSamples(samples: ReadReport): string[] {
  const notes = [...listProblems(samples), ...describeBeginnings(samples.beginnings, samples.args?.['start_at'])];
  if (samples.requestsWithoutRecord > 0) {
    notes.push(
      `${formatCount(samples.requestsWithoutRecord, 'request has', 'requests have')} no record (RECORDS=off); only k6's own summary has them.`,
    );
  }
  if (samples.droppedIterations > 0)
    notes.push(
      `${formatCount(samples.droppedIterations, 'request was', 'requests were')} never started (dropped iterations).`,
    );
  return notes;
}
