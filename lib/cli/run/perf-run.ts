import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { streams } from '../../api/build-request.ts';
import { chooseCalibration, describeCalibration } from '../../calibrate/calibration.ts';
import { readCalibrations } from '../../calibrate/node-calibration-file.ts';
import { renderConfigForArgsFile } from '../../config/args-file.ts';
import { loadConfig } from '../../config/load-config.ts';
import { concurrencyOf } from '../../config/open-loop.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { showPromptSettings } from '../../config/prompt-flags.ts';
import { createSecretMasker } from '../../config/secrets.ts';
import { findDataset } from '../../dataset/registry.ts';
import { longestLull } from '../../load/stages.ts';
import { createReadReportBuilder, type ReadReport } from '../../records/node-read-report.ts';
import { readRecords } from '../../records/node-record-reader.ts';
import { createReportFolder, type ReportFolder, requestFolder } from '../../report/node-write-report.ts';
import { type ChangedLoad, pickChangedLoad } from '../../scenario/actual-load.ts';
import { describeCachedPrompt } from '../../scenario/connection-prompt.ts';
import { findUnkeepable } from '../../scenario/kept-connections.ts';
import { loadRun, makesPrompts } from '../../scenario/load-run.ts';
import { createPictureFiles } from '../../scenario/picture-files.ts';
import { turnGapOf } from '../../scenario/planned-requests.ts';
import type { EngineSummary } from '../../scenario/summarize-run.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { readFileAsBase64, readTextFile } from '../../shared/node-read-text.ts';
import { checkPlaces } from '../commands/check-places.ts';
import { CommandError } from '../support/output.ts';
import { DATASETS_DIR } from '../support/package-paths.ts';
import { chooseTables } from '../support/view.ts';
import { readPromptFile } from '../workload/trace-file.ts';
import { planWorkload, shapeDataset } from '../workload/workload.ts';
import { countPrompts, describeRounds } from './count-prompts.ts';
import { createReport, type Report, type ReportSettings } from './create-report.ts';
import { countLost, countUnfinished } from './engine-counts.ts';
import { type ChosenEngine, chooseEngine } from './find-k6.ts';
import { describeLookedPrompts, LOOK_VARIABLE, takeFirstLook } from './first-look.ts';
import { findIdleSettings } from './idle-settings.ts';
import { reportNoRun } from './no-run.ts';
import { planCacheReset, resetCaches, showCacheReset } from './reset-cache.ts';
import { describeRunsBefore, findRunsBefore, type RunBefore } from './run-before.ts';
import { type LoadSurroundings, runLoad } from './run-load.ts';
import { findLoadFlags, findTakenSettings } from './settings-for-k6.ts';

export interface PerfRunOptions extends LoadSurroundings {
  /** Settings by the names of their environment variables; they win over the process's environment. */
  readonly settings: Readonly<Record<string, string>>;
  /** Problems already found, told together with the others. */
  readonly problems: readonly Problem[];
  readonly environment: Readonly<Record<string, string | undefined>>;
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
  const checked = prepareRun(options);
  const { config } = checked;
  const engine = await prepareEngine(config, options);
  const lookMs = await takeFirstLook(checked, options);
  const looked = { ...options.settings, [LOOK_VARIABLE]: String(lookMs) };
  const ready = lookMs === null ? checked : withLookedPrompts(prepareRun({ ...options, settings: looked }));
  const isPrinted = chooseTables(options.output.stdout, config.tables) !== 'none';
  const prepared = withRunsBefore(ready, findRunsBefore(config.outputsDir), isPrinted);
  const folder = createReportFolder(requestFolder(config, options.now?.() ?? new Date()));
  try {
    return await executeRun(prepared, engine, { folder }, options);
  } finally {
    folder.release();
  }
}

/** With a note in the results where the trial requests sent prompts of the run, and nothing makes its own others or empties a cache. */
function withLookedPrompts(run: PreparedRun): PreparedRun {
  const { config, sent, promptCount, isMade, resetUrls, datasetNotes } = run;
  if (sent === null || isMade || config.cacheBust !== 'none' || resetUrls.length > 0) return run;
  const note = describeLookedPrompts(sent, promptCount);
  return note === null ? run : { ...run, datasetNotes: [...datasetNotes, note] };
}

/**
 * With a note in the results where earlier runs sent the same prompts.
 *
 * @param isPrinted whether its report is, so that the note need not be said before the load
 */
export function withRunsBefore<Run extends PreparedRun>(
  run: Run,
  before: readonly RunBefore[],
  isPrinted: boolean,
): Run {
  const { config, sent: iterations, promptCount, isMade, notes, datasetNotes } = run;
  const prompts = isMade ? null : promptCount;
  const args = { ...renderConfigForArgsFile(config, createSecretMasker(config)), ...showPromptSettings(run.env) };
  const found = describeRunsBefore({ args, iterations, prompts }, before);
  return { ...run, notes: isPrinted ? notes : [...notes, ...found], datasetNotes: [...datasetNotes, ...found] };
}

/** Not for a script in k6 itself, whose summary needs no records. */
const RECORDLESS: Problem = {
  key: '--records',
  got: 'off',
  allowed: 'auto, console or samples, since the report is made from the records; k6 run takes RECORDS=off',
  paste: '--records auto',
};

/** A run that can start: everything is checked. */
export type PreparedRun = ReturnType<typeof prepareRun>;

/** @throws {ConfigError} with every problem of settings, dataset and thresholds */
export function prepareRun(options: Omit<PerfRunOptions, 'output'>) {
  const given = Object.entries({ ...options.environment, ...options.settings, PWD: options.cwd });
  const env = Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
  const { config: checked } = loadConfig(env, readTextFile);
  const dataset = shapeDataset(findDataset(checked?.dataset ?? 'openqa'), checked, env);
  const loaded = loadRun(createPictureFiles(readFileAsBase64).wrap(dataset), env, {
    readText: readPromptFile,
    share: (_, build) => build(),
    datasetsDir: DATASETS_DIR,
    style: 'flag',
  });
  const places = checkPlaces({ outputsDir: env['OUTPUTS_DIR'] || 'outputs', junit: env['JUNIT'] });
  const isForNode = checked?.engine === 'node';
  const taken = isForNode
    ? []
    : [
        ...findTakenSettings(options.passThrough, options.environment, checked?.records !== 'samples'),
        ...findLoadFlags(options.passThrough),
      ];
  const workload = checked === null ? null : planWorkload(checked, env, loaded.state === 'ready' ? loaded.prompts : []);
  const resetProblems: Problem[] = [];
  const resetUrls = planCacheReset(env, resetProblems);
  const recordless = checked?.records === 'off' ? [RECORDLESS] : [];
  const wrong = [
    ...options.problems,
    ...taken,
    ...recordless,
    ...(workload?.problems ?? []),
    ...(checked === null ? [] : findIdleSettings(checked, options.settings)),
    ...resetProblems,
    ...(loaded.state === 'refused' ? loaded.problems : []),
    ...places,
  ];
  if (loaded.state === 'refused' || wrong.length > 0) throw new ConfigError(wrong);
  const { config, prompts, plan, requests, thresholds, gates, notes, datasetNotes } = loaded;
  const sent = plan.expectedRequests === null ? null : plan.expectedRequests + plan.warmups;
  return {
    env,
    config,
    /** Asked before the load, so that it begins with an empty prefix cache. */
    resetUrls,
    expectedRequests: requests.expected,
    warmups: requests.warmups,
    longestWaitMs: Math.max(
      requests.longestWaitMs,
      turnGapOf(config) ?? 0,
      longestGap(plan.starts ?? []),
      1000 * longestLull(config.stages ?? []),
    ),
    starts: plan.starts,
    thresholds,
    gates,
    workload,
    /** Prompts, warm-up included, of which a conversation is one; null where only time bounds them. */
    sent,
    /** Prompts, after which the run begins with the first one again. */
    promptCount: prompts.length,
    /** Whether they are made by their places, so that no other run has them but one of the same places. */
    isMade: makesPrompts(config, findDataset(config.dataset)),
    notes: [...notes, ...datasetNotes],
    /** Those of the notes that belong to the results. */
    datasetNotes,
    /** What to know where the service may have a measured prompt in its cache from the connection test; a sweep moves on. */
    cachedPrompt: (config: RunConfig, ran: ChangedLoad | null): string | null =>
      describeCachedPrompt(config, prompts, ran === null ? sent : ran.number),
  };
}

/** Between two starts of a schedule. */
function longestGap(starts: readonly number[]): number {
  return starts.reduce((most, start, place) => Math.max(most, start - (starts[place - 1] ?? 0)), 0);
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
    throw new CommandError('k6 flags after -- need k6, and this run is in the Node engine\n  try: --engine k6');
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
  prepared: PreparedRun,
  engine: ChosenEngine,
  place: RunPlace,
  options: PerfRunOptions,
): Promise<PerfRun> {
  const { config, expectedRequests, datasetNotes, cachedPrompt, thresholds, gates, resetUrls } = prepared;
  const { environment, signal, output } = options;
  const say = (line: string): void => {
    if (!config.quiet) output.stderr.write(`${line}\n`);
  };
  const resetNotes = await resetCaches(resetUrls, config, { environment, signal, say }).catch((error: unknown) => {
    place.folder.discard();
    throw error;
  });
  const { runId, machine, recordsFile, exitCode, load, told, cutShortBy, hadEnough } = await runLoad(
    prepared,
    engine,
    place.folder.path,
    options,
  );
  const conditions = {
    thresholds,
    gates,
    requireValid: config.requireValid,
    requireCold: config.requireCold,
    junit: config.junit,
  };
  const settings = (samples: ReadReport): ReportSettings => {
    const ran = pickChangedLoad(samples.args ?? {});
    return {
      concurrency: ran === null ? concurrencyOf(config) : ran.parallel,
      expectedRequests: hadEnough ? null : ran === null ? expectedRequests : ran.expected_requests,
      percentileRule: config.percentileRule,
      args: {
        ...renderConfigForArgsFile({ ...config, runId }, createSecretMasker(config)),
        machine,
        ...showPromptSettings(prepared.env),
        ...showCacheReset(resetUrls),
        ...ran,
      },
    };
  };
  const ended = { config, engine: engine.name };
  const sent = await readSent(join(place.folder.path, recordsFile), told, exitCode);
  if (sent !== 'some') {
    place.folder.discard();
    const nothing = { samples: sent, end: cutShortBy, model: config.model };
    const report = reportNoRun({ ...nothing, settings: settings(sent), conditions });
    return { ...report, ...ended, outputDir: null, exitCode: exitCode || EXIT_CODES.thresholdsCrossed };
  }
  const folder = place.settle?.(told?.finished_requests ?? 0) ?? place.folder;
  const report = await createReport({
    files: [join(folder.path, recordsFile)],
    folder,
    tokenizer: config.tokenizer,
    saveText: config.saveText,
    thresholds: told?.thresholds ?? [],
    ...(hadEnough || told === null ? {} : { unfinishedRequests: (samples) => countUnfinished(told, samples) }),
    conditions,
    machine: (samples, span) => ({
      cpu_ratio: load.cpuRatio,
      timer_waits: span === null ? null : load.timers.waits(span),
      timers_of: engine.name === 'k6' ? 'beside' : 'client',
      lost_records: told === null ? 0 : countLost(told, samples),
    }),
    cutShortBy,
    notes: (samples, summary) =>
      [
        ...datasetNotes,
        ...describeRounds(prepared, countPrompts(summary, samples.warmupRequests, config)),
        ...resetNotes,
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
