import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { streams } from '../../api/build-request.ts';
import { chooseCalibration, describeCalibration } from '../../calibrate/calibration.ts';
import { readCalibrations } from '../../calibrate/node-calibration-file.ts';
import { renderConfigForArgsFile } from '../../config/args-file.ts';
import { loadConfig } from '../../config/load-config.ts';
import { capOf, concurrencyOf, isOpenLoop } from '../../config/open-loop.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { createSecretMasker } from '../../config/secrets.ts';
import { findDataset } from '../../dataset/registry.ts';
import { runBundle } from '../../engine/index.ts';
import { createReadReportBuilder, type ReadReport } from '../../records/node-read-report.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { createReportFolder, type ReportFolder } from '../../report/node-write-report.ts';
import { type ChangedLoad, pickChangedLoad } from '../../scenario/actual-load.ts';
import { describeCachedPrompt } from '../../scenario/connection-prompt.ts';
import { longestConnectionTestS } from '../../scenario/connection-test.ts';
import { findUnkeepable } from '../../scenario/kept-connections.ts';
import { loadRun } from '../../scenario/load-run.ts';
import type { EngineSummary } from '../../scenario/summarize-run.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { createMasker } from '../../shared/mask-secrets.ts';
import { keepRoom, readJsonFile } from '../../shared/node-files.ts';
import { readTextFile } from '../../shared/node-read-text.ts';
import { isHarmless } from '../../shared/show-word.ts';
import { checkPlaces } from '../commands/check-places.ts';
import { CommandError, type Output } from '../support/output.ts';
import { bundlePath, DATASETS_DIR } from '../support/package-paths.ts';
import { describeMachine, MACHINE_VARIABLE } from './client-machine.ts';
import { meterThisProcess } from './cpu-meter.ts';
import { createReport, type Report, type ReportSettings } from './create-report.ts';
import { type ChosenEngine, chooseEngine } from './find-k6.ts';
import { reportNoRun } from './no-run.ts';
import { createProgressBar } from './progress-bar.ts';
import { describeCut } from './run-end.ts';
import { type EngineExit, runInK6 } from './run-in-k6.ts';
import { takeSettings } from './settings-for-k6.ts';
import { watchForStall } from './stall-watch.ts';

/** The samples of a run, k6's `--out json`, in its results folder: what every report is made from. */
const SAMPLES_FILE = 'samples.json';
const SUMMARY_FILE = 'engine_summary.json';

export interface PerfRunOptions {
  /** Settings by the names of their environment variables; they win over the process's environment. */
  readonly settings: Readonly<Record<string, string>>;
  /** Problems already found, told together with the others. */
  readonly problems: readonly Problem[];
  /** k6 flags after `--`. */
  readonly passThrough: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly output: Output;
  readonly signal?: AbortSignal | undefined;
  readonly now?: () => Date;
}

export interface PerfRun extends Report {
  readonly config: RunConfig;
  readonly engine: 'k6' | 'node';
  /** null where nothing was sent, which leaves nothing. */
  readonly outputDir: string | null;
  /** k6's numbers; 99 too where nothing was measured. */
  readonly exitCode: number;
}

/**
 * A whole run: check everything, choose the engine, run the bundle in it, and make the report from its records.
 *
 * @throws {ConfigError} with every problem of settings, dataset and thresholds, before anything starts
 * @throws {CommandError} when the engine or the results folder is not to be had
 */
export async function performRun(options: PerfRunOptions): Promise<PerfRun> {
  const prepared = prepareRun(options);
  const { config } = prepared;
  const engine = await prepareEngine(config, options);
  const folder = createReportFolder({
    outputsDir: config.outputsDir,
    startedAt: config.noTimestamp ? null : (options.now?.() ?? new Date()),
    name: config.name,
  });
  try {
    return await executeRun(prepared, engine, { folder }, options);
  } finally {
    folder.release();
  }
}

/** A run that can start: everything is checked. */
export type PreparedRun = ReturnType<typeof prepareRun>;

/** @throws {ConfigError} with every problem of settings, dataset and thresholds */
export function prepareRun(options: Pick<PerfRunOptions, 'environment' | 'settings' | 'cwd' | 'problems'>) {
  const given = Object.entries({ ...options.environment, ...options.settings, PWD: options.cwd });
  const env = Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
  const { config: checked } = loadConfig(env, readTextFile);
  const loaded = loadRun(findDataset(checked?.dataset ?? 'openqa'), env, {
    readText: readTextFile,
    share: (_, build) => build(),
    datasetsDir: DATASETS_DIR,
    style: 'flag',
  });
  const places = checkPlaces({ outputsDir: env['OUTPUTS_DIR'] || 'outputs', junit: env['JUNIT'] });
  const wrong = [...options.problems, ...(loaded.state === 'refused' ? loaded.problems : []), ...places];
  if (loaded.state === 'refused' || wrong.length > 0) throw new ConfigError(wrong);
  const { config, prompts, plan, thresholds, gates, notes, datasetNotes } = loaded;
  const { expectedRequests, warmups } = plan;
  const sent = expectedRequests === null ? null : expectedRequests + warmups;
  return {
    env,
    config,
    expectedRequests,
    warmups,
    thresholds,
    gates,
    notes: [...notes, ...datasetNotes],
    /** Those of the notes that belong to the results. */
    datasetNotes,
    /** What to know where the service may have a measured prompt in its cache from the connection test; a sweep moves on. */
    cachedPrompt: (config: RunConfig, ran: ChangedLoad | null): string | null =>
      describeCachedPrompt(config, prompts, ran === null ? sent : ran.number),
  };
}

/**
 * @throws {CommandError} when the engine is not there, or cannot do what was asked for
 * @throws {ConfigError} when it cannot keep connections
 */
export async function prepareEngine(config: RunConfig, options: PerfRunOptions): Promise<ChosenEngine> {
  const engine = await chooseEngine(config.engine, options.environment, (reason) => {
    if (!config.quiet) {
      options.output.stderr.write(`engine: node, since ${reason}; k6 is the one for serious load\n`);
    }
  });
  if (engine.name === 'node' && config.apiKeySecret !== null) {
    throw new CommandError(
      'API_KEY_SECRET (--api-key-secret) needs k6, which has secret sources\n  try: --engine k6 -- --secret-source=file=secrets.txt',
    );
  }
  if (engine.name === 'node' && options.passThrough.length > 0) {
    throw new CommandError(
      `the ${options.passThrough.length} words after -- are k6's, and this is the engine node\n  try: --engine k6`,
    );
  }
  const unkeepable = findUnkeepable(config, engine.name === 'node', 'flag');
  if (unkeepable.length > 0) throw new ConfigError(unkeepable);
  return engine;
}

/** Where a run's files go. */
export interface RunPlace {
  /** Discarded when nothing was sent. */
  readonly folder: ReportFolder & { discard(): void };
  /** Gives the folder its name once the load is over and the finished requests are counted. */
  readonly settle?: (finishedRequests: number) => ReportFolder;
}

/** Runs the bundle in the engine, and makes the report from its records. */
export async function executeRun(
  { env, config, expectedRequests, warmups, notes, datasetNotes, cachedPrompt, thresholds, gates }: PreparedRun,
  engine: ChosenEngine,
  place: RunPlace,
  options: PerfRunOptions,
): Promise<PerfRun> {
  const { output, cwd } = options;
  const { path } = place.folder;
  const summaryFile = join(path, SUMMARY_FILE);
  keepRoom(summaryFile);
  const runId = config.runId ?? randomUUID();
  const say = (text: string): void => {
    if (!config.quiet) output.stderr.write(`${text}\n`);
  };
  for (const note of notes) say(escapeText(note));
  const machine = describeMachine(engine);
  const run = {
    bundlePath: bundlePath(config.dataset),
    env: {
      ...{ ...env, DATASET: config.dataset, LLM_PERF_SUMMARY_FILE: summaryFile, RUN_ID: runId },
      [MACHINE_VARIABLE]: JSON.stringify(machine),
    },
    out: [`json=${join(path, SAMPLES_FILE)}`],
    cwd,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  say(
    `${engine.name === 'k6' ? `engine: ${engine.version}` : 'engine: node (built in)'}, ${describeLoad(config, expectedRequests)}`,
  );
  const stall = new AbortController();
  const signal = options.signal === undefined ? stall.signal : AbortSignal.any([options.signal, stall.signal]);
  const unwatch = engine.name === 'k6' ? watchK6(join(path, SAMPLES_FILE), config, stall, output) : undefined;
  const { words } = takeSettings(options.passThrough);
  const inK6 = {
    extraArguments: config.quiet ? ['--quiet', ...words] : words,
    stderr: output.stderr,
    debug: config.debug,
    mask: createK6Mask(config, words),
  };
  const { exitCode, killedBy, load } = await (engine.name === 'k6'
    ? runInK6({ ...run, ...inK6, signal, k6Path: engine.path })
    : runInNode(run, warmups, output, config.quiet)
  ).finally(unwatch);
  // Nothing when the engine did not get that far, or had no room on the disk.
  const told = (readJsonFile(summaryFile) ?? null) as EngineSummary | null;
  if (told === null) rmSync(summaryFile, { force: true });
  const cutShortBy = describeCut({ exitCode, killedBy, signal, thresholds, results: told?.thresholds ?? [] });
  const conditions = { thresholds, gates, requireValid: config.requireValid, junit: config.junit };
  const settings = (samples: ReadReport): ReportSettings => {
    const ran = pickChangedLoad(samples.args ?? {});
    return {
      concurrency: ran === null ? concurrencyOf(config) : ran.parallel,
      expectedRequests: ran === null ? expectedRequests : ran.expected_requests,
      percentileRule: config.percentileRule,
      args: { ...renderConfigForArgsFile({ ...config, runId }, createSecretMasker(config)), machine, ...ran },
    };
  };
  const ended = { config, engine: engine.name };
  const sent = await readSent(join(path, SAMPLES_FILE), told, exitCode);
  if (sent !== 'some') {
    place.folder.discard();
    const nothing = { samples: sent, end: cutShortBy, model: config.model };
    const report = reportNoRun({ ...nothing, settings: settings(sent), conditions });
    return { ...report, ...ended, outputDir: null, exitCode: exitCode || EXIT_CODES.thresholdsCrossed };
  }
  const folder = place.settle?.(told?.finished_requests ?? 0) ?? place.folder;
  const report = await createReport({
    files: [join(folder.path, SAMPLES_FILE)],
    folder,
    tokenizer: config.tokenizer,
    saveText: config.saveText,
    thresholds: told?.thresholds ?? [],
    unfinishedRequests: told?.unfinished_requests ?? null,
    conditions,
    machine: (samples, span) => ({
      cpu_ratio: load.cpuRatio,
      timer_waits: span === null ? null : load.timers.waits(span),
      timers_of: engine.name === 'k6' ? 'beside' : 'client',
      lost_records: Math.max(
        0,
        // What cannot be read is told apart from what is not there.
        (told?.finished_requests ?? 0) - samples.records - samples.requestsWithoutRecord - samples.lostRecords,
      ),
    }),
    cutShortBy,
    notes: (samples) =>
      [
        ...datasetNotes,
        told === null ? UNCOUNTED : null,
        describeOwnError(engine.name, config, options.environment),
        cachedPrompt(config, pickChangedLoad(samples.args ?? {})),
      ].filter((note) => note !== null),
    settings,
  });
  // What the engine says goes first: a run that was stopped, or that failed, was not crossed by a gate.
  const isCrossed = exitCode === EXIT_CODES.ok && !report.passed;
  return {
    ...report,
    ...ended,
    outputDir: folder.path,
    exitCode: isCrossed ? EXIT_CODES.thresholdsCrossed : exitCode,
  };
}

/** Takes the run's secrets out of what k6 says, and words for k6 that may be a key in a wrong place, which k6 repeats. */
function createK6Mask(config: RunConfig, words: readonly string[]): (text: string) => string {
  const maskRun = createSecretMasker(config);
  const values = words.map((word) => word.replace(/^--?[\w-]+=/, ''));
  const maskWords = createMasker(values.filter((word) => !word.includes('/') && !isHarmless(word)));
  return (text) => maskWords(maskRun(text));
}

/** `some` where a request was sent; else all that the samples tell, which is not much. */
async function readSent(
  samplesPath: string,
  told: EngineSummary | null,
  exitCode: number,
): Promise<'some' | ReadReport> {
  if ((told?.finished_requests ?? 0) > 0) return 'some';
  if (!existsSync(samplesPath)) return createReadReportBuilder().build();
  // An engine that ended well and could not say so had no room on the disk, for its samples either.
  if (told === null && (exitCode === EXIT_CODES.ok || exitCode === EXIT_CODES.thresholdsCrossed)) return 'some';
  const samples = await readRecords([samplesPath], () => undefined);
  const { records, warmupRequests: warmups, unfinishedRequests, requestsWithoutRecord } = samples;
  return records + warmups + unfinishedRequests + requestsWithoutRecord > 0 ? 'some' : samples;
}

/** What k6 may need beyond a request's limit: to begin the next one, and to sum up a long run. */
const K6_GRACE_S = 30;

/** Stops k6 when it waits for a request that no limit of its own ends any more. */
function watchK6(samplesPath: string, config: RunConfig, stall: AbortController, output: Output): () => void {
  const nextS = config.totalTimeoutS + K6_GRACE_S;
  const limits = { firstMs: (nextS + longestConnectionTestS(config)) * 1000, nextMs: nextS * 1000 };
  return watchForStall(samplesPath, limits, (silenceMs) => {
    const seconds = Math.round(silenceMs / 1000);
    output.stderr.write(
      `\nno request has ended for ${seconds} s, although each has a limit of ${config.totalTimeoutS} s (--total-timeout): k6 is stopped\n`,
    );
    stall.abort(`the command line, since no request ended for ${seconds} s`);
  });
}

/** k6 writes no summary of ours where its own flags say so, where it is killed, and where a disk is full. */
const UNCOUNTED =
  'The engine left no count of its own of the finished requests (it was killed, had no room on the disk, or ran with --summary-mode=disabled or --new-machine-readable-summary), so records that are lost cannot be seen.';

/** The error that `calibrate` found on this machine; null where it never ran, or where there are no chunks. */
function describeOwnError(
  engine: 'k6' | 'node',
  config: RunConfig,
  environment: PerfRunOptions['environment'],
): string | null {
  const known = streams(config) ? readCalibrations(environment) : [];
  const calibration = chooseCalibration(known, engine, config.parallel);
  return calibration === null ? null : describeCalibration(calibration, config.parallel);
}

function describeLoad(config: RunConfig, expected: number | null): string {
  const amount = expected === null ? `for ${config.durationS} s` : `${expected} requests`;
  return `${config.dataset}: ${amount}, ${describeConcurrency(config)}, ${escapeText(config.model)}`;
}

function describeConcurrency(config: RunConfig): string {
  if (!isOpenLoop(config)) return `parallel ${config.parallel}`;
  const cap = capOf(config);
  const rate = config.rate === null ? '' : config.rate === 'inf' ? ' all at once' : ` at ${config.rate}/s`;
  return `open loop${rate}${cap === null ? '' : `, at most ${cap} in flight`}`;
}

async function runInNode(
  run: Parameters<typeof runBundle>[0],
  warmups: number,
  output: Output,
  quiet: boolean,
): Promise<EngineExit> {
  const meter = meterThisProcess();
  const bar = createProgressBar(output.stderr);
  let warmedAt = 0;
  const result = await runBundle({
    ...run,
    stdout: output.stdout,
    stderr: { write: (text) => bar.log(text) },
    onProgress: (progress) => {
      if (quiet) return;
      const { elapsedMs, iterationsDone, iterationsTotal } = progress;
      const warmedUp = progress.counter('llm_warmup_requests');
      if (warmedUp < warmups) warmedAt = elapsedMs;
      const p50 = progress.percentile('llm_ttft', 50);
      const p99 = progress.percentile('llm_ttft', 99);
      bar.update({
        elapsedMs,
        measuredMs: elapsedMs - warmedAt,
        done: iterationsDone - warmedUp,
        total: iterationsTotal === null ? null : iterationsTotal - warmups,
        durationMs: progress.durationMs,
        outputTokens: progress.counter('llm_output_tokens_total'),
        failed: progress.counter('llm_requests_failed'),
        ttftMs: p50 === null || p99 === null ? null : { p50, p99 },
        warmup: { done: warmedUp, total: warmups },
      });
    },
  });
  bar.finish();
  return { exitCode: result.exitCode, killedBy: null, load: meter.stop() };
}
