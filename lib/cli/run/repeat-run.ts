import { spawn } from 'node:child_process';
import { describeRepeats } from '../../repeats/render-repeats.ts';
import type { RepeatPlan } from '../../repeats/repeat-flags.ts';
import { describeNumbers, listSpreadCharts, type RepeatedRun, type RunsFile } from '../../repeats/repeats-json.ts';
import { isEven } from '../../repeats/spread.ts';
import { buildJunitSuite, type JunitSuite } from '../../report/text/junit.ts';
import { EXIT_CODES } from '../../shared/errors.ts';
import { RUNS_FILE } from '../../shared/result-files.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { CommandError, type Output } from '../support/output.ts';
import { executeRun, type PerfRun, type PreparedRun, prepareRun } from './perf-run.ts';
import {
  asOneOfSeveral,
  chooseExitCode,
  type EndedRuns,
  type GroupOptions,
  gotNothing,
  makePointFolder,
  nextOffset,
  openGroup,
  pause,
  type RunGroup,
  takeEach,
  toPoint,
  writePage,
} from './point-run.ts';

export interface RepeatOptions extends GroupOptions {
  readonly plan: RepeatPlan;
  /** Called when a run is measured, before the pause. */
  readonly onRun: (run: PerfRun, position: number) => void;
}

export interface Repeats extends EndedRuns {
  readonly file: RunsFile;
}

/**
 * The whole run several times, each in a folder of its own in that of the group, with `runs.json` up to date after each.
 *
 * A run that a stop cuts short keeps its folder, and is in none of the numbers of all, unless it is the first.
 *
 * Without a command between the runs each goes on in the dataset where the one before ended, since the service has the
 * prompts before in its cache; after a restart all of them send the same.
 * @throws {ConfigError} with every problem of the settings, {CommandError} like a single run
 */
export async function performRepeats(options: RepeatOptions): Promise<Repeats> {
  const { plan, signal } = options;
  const prepared = prepareRun({ ...options, settings: { ...options.settings, RUNS: '' } });
  const { config } = prepared;
  const group = await openGroup('runs', config, options);
  const measured: RepeatedRun[] = [];
  const suites: JunitSuite[] = [];
  const describe = (state: RunsFile['state']): RunsFile => ({
    ...group.head(state),
    ...{ runs: plan.runs, betweenRuns: plan.betweenRuns, untilCv: plan.untilCv },
    numbers: describeNumbers(measured),
    measured,
    args: group.args,
  });
  const failure = await takeEach(measureRuns(prepared, group, options), (run) => {
    const position = measured.length + 1;
    const isCutShort = run.exitCode === EXIT_CODES.interrupted && position > 1;
    if (!isCutShort) measured.push(toRepeatedRun(run));
    const name = `run ${position}`;
    suites.push(buildJunitSuite(name, { ...run.verdict, model: config.model, summary: run.summary }));
    options.onRun(run, position);
    if (isCutShort) options.output.stderr.write(`\n${name} was cut short, so it is in no number of all runs\n`);
    else if (run.outputDir !== null) group.save(() => group.writeFile(RUNS_FILE, describe('running')));
  });
  group.saveJunit(suites);
  const isStopped = signal?.aborted === true || failure !== null;
  const isWhole = measured.length === plan.runs;
  const summaries = measured.map(({ summary }) => summary);
  const isDone = areEnough(plan, summaries) ? 'even' : isWhole ? 'complete' : 'stopped';
  const file = describe(isStopped ? 'stopped' : isDone);
  const exitCode = chooseExitCode(measured, isStopped);
  const outputDir = group.close(
    measured.some((run) => run.folder !== null),
    () => group.writeFile(RUNS_FILE, file),
    () => writeRepeatsPage(group.folder.path, config.model, file),
  );
  return { file, exitCode, failure, outputDir };
}

/** `perf_report.html` of all runs, above their own. */
function writeRepeatsPage(path: string, model: string, file: RunsFile): void {
  const { measured, args, started_at } = file;
  // Their intervals are in what is drawn.
  const runs = measured.map(({ intervals: _, ...run }) => run);
  const facts = { model, started_at, args, notes: [], results: describeRepeats(file) };
  writePage(path, { kind: 'repeats', ...facts, runs, spread: listSpreadCharts(file) });
}

function toRepeatedRun(run: PerfRun): RepeatedRun {
  const { varies: _, over_saturated: __, ...point } = toPoint(run, 'parallel');
  return { ...point, intervals: run.intervals };
}

/** Whether the runs are so even that no more are needed, where that was asked for. */
function areEnough({ untilCv }: RepeatPlan, summaries: readonly RunSummary[]): boolean {
  return untilCv !== null && isEven(summaries, untilCv);
}

/** Runs until the last one, a stop, one that got nothing through, or until they are even. */
async function* measureRuns(
  prepared: PreparedRun,
  { before, engine, folder: group }: RunGroup,
  options: RepeatOptions,
): AsyncGenerator<PerfRun> {
  const { plan, output, signal, sleepIntervalS } = options;
  const summaries: RunSummary[] = [];
  let offset = prepared.config.datasetOffset;
  for (let position = 1; position <= plan.runs; position++) {
    if (position > 1) {
      if (plan.betweenRuns !== null) await runHook(plan.betweenRuns, position, output, options);
      if (!(await pause(sleepIntervalS, signal))) return;
    }
    if (!prepared.config.quiet) output.stderr.write(`\nrun ${position} of ${plan.runs}\n`);
    const folder = makePointFolder(group.path, `run_${position}`);
    // The command between two runs restarts the service, as a rule, and with it its cache.
    const known = position > 1 && plan.betweenRuns !== null ? [] : before;
    const run = await executeRun(asOneOfSeveral(prepared, offset, known, output.stdout), engine, { folder }, options);
    if (plan.betweenRuns === null) offset = nextOffset(offset, run);
    summaries.push(run.summary);
    yield run;
    if (signal?.aborted === true || run.exitCode === EXIT_CODES.interrupted) return;
    if (gotNothing(run.summary)) {
      if (position < plan.runs) output.stderr.write('\nno request got through, so there are no more runs\n');
      return;
    }
    if (areEnough(plan, summaries)) return;
  }
}

/** Runs the command between two runs; what it prints goes to standard error. @throws {CommandError} where it fails */
function runHook(
  command: string,
  position: number,
  { stderr }: Output,
  { cwd, signal }: Pick<RepeatOptions, 'cwd' | 'signal'>,
): Promise<void> {
  const fail = (how: string): CommandError =>
    new CommandError(
      `--between-runs ${how} before run ${position}, so no further run begins`,
      signal?.aborted === true ? EXIT_CODES.interrupted : EXIT_CODES.exception,
    );
  return new Promise((resolve, reject) => {
    const child = spawn(command, { cwd, shell: true, stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
    const show = (piece: Buffer): unknown => stderr.write(piece.toString());
    child.stdout.on('data', show);
    child.stderr.on('data', show);
    child.on('error', (error) => reject(fail(signal?.aborted === true ? 'was stopped' : `failed (${error.message})`)));
    child.on('close', (code, killedBy) => {
      if (code === 0) resolve();
      else reject(fail(code === null ? `was killed (${killedBy})` : `ended with exit code ${code}`));
    });
  });
}
