import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { renderConfigForArgsFile } from '../../config/args-file.ts';
import { concurrencyOf } from '../../config/open-loop.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { createSecretMasker } from '../../config/secrets.ts';
import { formatBenchmarkJson } from '../../evalscope/quick-start.ts';
import { loadPageAssets } from '../../report/html/node-page-assets.ts';
import { renderPage } from '../../report/html/render-page.ts';
import type { PageData, SweepReportData } from '../../report/html/report-data.ts';
import type { GroupHead } from '../../report/json/group-head.ts';
import {
  createPointFolder,
  createReportFolder,
  type ReservedFolder,
  requestFolder,
} from '../../report/node-write-report.ts';
import { PAGE_FILE } from '../../report/report-folder.ts';
import { hasFailed, listChecks } from '../../report/text/check-list.ts';
import { type JunitSuite, renderJunitSuites } from '../../report/text/junit.ts';
import { ConfigError, EXIT_CODES } from '../../shared/errors.ts';
import { replaceFile, writeNamedFile } from '../../shared/node-files.ts';
import { USUAL_COLUMNS } from '../../shared/wrap-text.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import type { SweepPoint } from '../../sweep/sweep-point.ts';
import { CommandError, type Output } from '../support/output.ts';
import { PAGE_DIR } from '../support/package-paths.ts';
import { chooseTables } from '../support/view.ts';
import { describeMachine } from './client-machine.ts';
import { countPrompts } from './count-prompts.ts';
import type { ChosenEngine } from './find-k6.ts';
import {
  type PerfRun,
  type PerfRunOptions,
  type PreparedRun,
  prepareEngine,
  type RunPlace,
  withRunsBefore,
} from './perf-run.ts';
import { findRunsBefore, type RunBefore } from './run-before.ts';

export interface GroupOptions extends PerfRunOptions {
  /** Between two runs. */
  readonly sleepIntervalS: number;
}

/** Several runs that are over. */
export interface EndedRuns {
  /** null where no run sent anything, which leaves nothing. */
  readonly outputDir: string | null;
  /** 99 if any run crossed a threshold, else the first code that is not 0. */
  readonly exitCode: number;
  /** What ended them early and is not a result; the runs before it are measured all the same. */
  readonly failure: unknown;
}

/** Several runs of which everything is checked: their engine, the folder they lie in, and what the file of all of them tells. */
export interface RunGroup {
  readonly engine: ChosenEngine;
  readonly folder: ReservedFolder;
  /** What ran before them, the latest first. */
  readonly before: readonly RunBefore[];
  /** The settings and the machine. */
  readonly args: Readonly<Record<string, unknown>>;
  /** How the file of all runs begins. */
  head<State extends string>(state: State): GroupHead<State>;
  /** The runs are measured and their files are there: a full disk costs neither their tables nor the exit code. */
  save(write: () => void): void;
  /** The file of all runs, in their folder. */
  writeFile(name: string, content: unknown): void;
  /** One JUnit file of all runs, where it was asked for. */
  saveJunit(suites: readonly JunitSuite[]): void;
  /** @returns the folder with the last files of all runs; null where nothing was sent, which leaves nothing */
  close(hasResults: boolean, ...writes: readonly (() => void)[]): string | null;
}

/** @throws {ConfigError} and {CommandError} like a single run, before anything is sent */
export async function openGroup(
  what: 'runs' | 'search' | 'sweep',
  config: RunConfig,
  options: PerfRunOptions,
): Promise<RunGroup> {
  const now = (): Date => options.now?.() ?? new Date();
  const engine = await prepareEngine(config, options);
  const startedAt = now();
  const before = findRunsBefore(config.outputsDir);
  const folder = createReportFolder(requestFolder(config, startedAt));
  const save = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      const { message } = error as Error;
      options.output.stderr.write(`the files of the ${what} as a whole could not be written: ${message}\n`);
    }
  };
  return {
    ...{ engine, folder, before, save },
    head: (state) => ({
      version: 1,
      started_at: startedAt.toISOString(),
      ended_at: now().toISOString(),
      state,
      engine: engine.name,
    }),
    writeFile: (name, content) => replaceFile(join(folder.path, name), formatBenchmarkJson(content)),
    saveJunit(suites) {
      const { junit } = config;
      if (junit !== null && suites.length > 0) save(() => writeNamedFile(junit, renderJunitSuites(suites)));
    },
    args: { ...renderConfigForArgsFile(config, createSecretMasker(config)), machine: describeMachine(engine) },
    close(hasResults, ...writes) {
      if (!hasResults) {
        folder.discard();
        return null;
      }
      for (const write of writes) save(write);
      folder.release();
      return folder.path;
    },
  };
}

/**
 * Takes one run after the other, as far as they get.
 *
 * @param take returns true where there are to be no more
 * @returns what ended them early and is not a result; those before it are measured all the same
 */
export async function takeEach<T>(runs: AsyncIterable<T>, take: (run: T) => unknown): Promise<unknown> {
  try {
    for await (const run of runs) if (take(run) === true) break;
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * The run as one of several: from another prompt of the dataset on, so that it meets none that the service has in its cache
 * from the one before of the same command, and without the JUnit file, which is one for all of them.
 *
 * @param before what ran before the command, the latest first
 * @param stdout where its report is printed if all tables are; null: it is not
 */
export function asOneOfSeveral<Run extends PreparedRun>(
  run: Run,
  offset: number,
  before: readonly RunBefore[],
  stdout: Output['stdout'] | null,
): Run {
  const moved = {
    ...run,
    env: { ...run.env, DATASET_OFFSET: String(offset) },
    config: { ...run.config, datasetOffset: offset, junit: null },
  };
  return withRunsBefore(moved, before, stdout !== null && chooseTables(stdout, run.config.tables) === 'all');
}

/** Where in the dataset the next run begins, so that it meets no prompt of this one. */
export function nextOffset(
  offset: number,
  { summary, samples, config }: Pick<PerfRun, 'summary' | 'samples' | 'config'>,
): number {
  const { warmupRequests, closedRequests } = samples;
  return offset + countPrompts(summary, warmupRequests, config) + closedRequests;
}

/** Whether no request got through: one that was given up on purpose did. */
export function gotNothing({ completed_requests, cancelled_requests }: RunSummary): boolean {
  return completed_requests === 0 && cancelled_requests === 0;
}

/** Whether a run came to its end, whatever it found. */
function isResult(exitCode: number): boolean {
  return exitCode === EXIT_CODES.ok || exitCode === EXIT_CODES.thresholdsCrossed;
}

/** What is known of a search when a run of it is over. */
interface SearchSoFar {
  /** What the load is called. */
  readonly load: string;
  readonly isFirst: boolean;
  /** Whether as large a load was good before. */
  readonly hasHeld: boolean;
}

/**
 * Says why a search for a load cannot go on after a run. Where nothing gets through in the first run, or any more in a later
 * one that was refused or whose load was good before, that is not a question of load.
 *
 * @returns the exit code that this means; null: it can go on
 */
export function endSearch(run: PerfRun, so: SearchSoFar, { stderr }: Output): number | null {
  const end = (why: string, exitCode: number): number => {
    stderr.write(`\nthe search ends: ${why}\n`);
    return exitCode || EXIT_CODES.thresholdsCrossed;
  };
  if (!so.isFirst && isGone(run, so)) {
    return end(`nothing gets through any more, now ${so.load}`, EXIT_CODES.thresholdsCrossed);
  }
  const isInVain = run.outputDir === null || (so.isFirst && run.summary.completed_requests === 0);
  return !isInVain && isResult(run.exitCode) ? null : end(whyInVain(run), run.exitCode);
}

/** Why nothing was measured; what a test of the connection has said on the same stream is not said again. */
function whyInVain({ outputDir, verdict, show }: PerfRun): string {
  const why = outputDir === null ? show({ tables: 'none', columns: USUAL_COLUMNS }) : (verdict.nothing?.text ?? '');
  return why.trim() || 'the run failed';
}

function isGone({ summary }: PerfRun, { hasHeld }: SearchSoFar): boolean {
  if (!gotNothing(summary)) return false;
  return hasHeld || (summary.failures.refused > 0 && summary.failures.refused === summary.failed_requests);
}

/** @throws {ConfigError} for loads that are to be judged by their records and leave none */
export function requireRecords(run: PreparedRun, flag: string): PreparedRun {
  if (run.config.records !== 'off') return run;
  throw new ConfigError([
    { key: 'RECORDS (--records)', got: `off, beside ${flag}`, allowed: 'auto', paste: 'leave --records out' },
  ]);
}

/** @throws {CommandError} when the folder cannot be made: the points before this one are measured */
export function makePointFolder(sweepPath: string, name: string): RunPlace['folder'] {
  try {
    return createPointFolder(sweepPath, name);
  } catch (error) {
    throw new CommandError(`${sweepPath}/${name} cannot be made: ${(error as Error).message}`, EXIT_CODES.exception);
  }
}

/** A run as a point of a sweep, or a probe of a search. */
export function toPoint(run: PerfRun, varies: SweepPoint['varies']): SweepPoint {
  const { verdict, validity, summary, exitCode, config, outputDir } = run;
  const checks = listChecks(verdict);
  const isCrossed = exitCode === EXIT_CODES.thresholdsCrossed;
  const hasHeld = exitCode === EXIT_CODES.ok && checks.length > 0;
  return {
    varies,
    parallel: concurrencyOf(config),
    rate: config.rate,
    number: summary.expected_requests,
    folder: outputDir?.split('/').at(-1) ?? null,
    exit_code: exitCode,
    over_saturated: false,
    meets_thresholds: isCrossed ? false : hasHeld ? true : null,
    crossed: checks.filter(hasFailed).map(({ name }) => name),
    validity,
    summary,
  };
}

/** 99 if any of several runs crossed a threshold, else the first code that is not 0. */
export function chooseExitCode(points: readonly Pick<SweepPoint, 'exit_code'>[], stopped: boolean): number {
  const codes = points.map(({ exit_code }) => exit_code);
  if (codes.includes(EXIT_CODES.thresholdsCrossed)) return EXIT_CODES.thresholdsCrossed;
  return codes.find((code) => code !== EXIT_CODES.ok) ?? (stopped ? EXIT_CODES.interrupted : EXIT_CODES.ok);
}

/** `perf_report.html` of all points, beside their own. */
export function writePointsPage(
  path: string,
  model: string,
  page: Pick<SweepReportData, 'points' | 'results' | 'args' | 'started_at' | 'search'>,
): void {
  const { points, results, args, started_at, search = [] } = page;
  writePage(path, { kind: 'sweep', model, started_at, points, results, notes: [], args, search });
}

/** `perf_report.html` of several runs, above their folders. */
export function writePage(path: string, data: PageData): void {
  replaceFile(`${path}/${PAGE_FILE}`, renderPage(data, loadPageAssets(PAGE_DIR)));
}

/** @returns false when it was cut short */
export async function pause(seconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted === true) return false;
  try {
    await delay(seconds * 1000, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch {
    return false;
  }
}
