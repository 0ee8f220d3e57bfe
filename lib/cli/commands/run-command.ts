import { join, resolve } from 'node:path';
import { DATASET_ARGS_FLAGS, expandDatasetArgs } from '../../config/dataset-args.ts';
import { describeEnvironment } from '../../config/environment-settings.ts';
import { describeStray, parseFlags } from '../../config/node-flags.ts';
import { PARAMETERS } from '../../config/parameters.ts';
import { PROMPT_FLAGS } from '../../config/prompt-flags.ts';
import { askOnce } from '../../engine/ask-once.ts';
import type { PushedRun } from '../../push/headline-numbers.ts';
import { PUSH_FLAGS, planPush, withoutPush } from '../../push/push-flags.ts';
import { type Post, pushRuns } from '../../push/push-runs.ts';
import { renderRepeats } from '../../repeats/render-repeats.ts';
import { describeUnrepeatable, planRepeats, REPEAT_FLAGS } from '../../repeats/repeat-flags.ts';
import { describeLoad } from '../../report/html/point-load.ts';
import { PAGE_FILE } from '../../report/report-folder.ts';
import { renderProbeLine, renderSearch } from '../../search/render-search.ts';
import { renderSla } from '../../search/render-sla.ts';
import { type PlannedSearch, planSearch, SEARCH_FLAGS } from '../../search/search-flags.ts';
import { describeIdle, type PlannedSla, planSla, SLA_FLAGS } from '../../search/sla-flags.ts';
import { ConfigError, type Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { describeNoRates, type GuidedSweep, planGuidedSweep, planRates } from '../../sweep/guided-sweep.ts';
import { type PlannedPoint, planSweep } from '../../sweep/plan-sweep.ts';
import { renderPointLine, renderSweep } from '../../sweep/render-sweep.ts';
import {
  parseOverSaturation,
  parseSleepInterval,
  refuseOverSaturation,
  refuseStartAt,
  SWEEP_FLAGS,
} from '../../sweep/sweep-flags.ts';
import type { SweepPoint } from '../../sweep/sweep-point.ts';
import type { Command, CommandHelp, ProcessLike } from '../command.ts';
import { withServedModel } from '../run/choose-model.ts';
import { describePushedRun } from '../run/describe-pushed-run.ts';
import { prepareOwnApi } from '../run/own-api.ts';
import { type PerfRun, performRun } from '../run/perf-run.ts';
import type { EndedRuns, GroupOptions } from '../run/point-run.ts';
import { publishVerdict } from '../run/publish-verdict.ts';
import { performRepeats } from '../run/repeat-run.ts';
import { RESET_FLAGS } from '../run/reset-cache.ts';
import { performSearch } from '../run/search-run.ts';
import { takeSettings } from '../run/settings-for-k6.ts';
import { performSla } from '../run/sla-run.ts';
import { removeStaleJunit } from '../run/stale-junit.ts';
import { describePoint, performSweep } from '../run/sweep-run.ts';
import { printReport } from '../support/print-report.ts';
import { withStopSignal } from '../support/stop-signal.ts';
import { chooseView } from '../support/view.ts';
import { readyWorkload } from '../workload/workload.ts';

const OWN_FLAGS = [
  ...PROMPT_FLAGS,
  ...DATASET_ARGS_FLAGS,
  ...SWEEP_FLAGS,
  ...SEARCH_FLAGS,
  ...SLA_FLAGS,
  ...REPEAT_FLAGS,
  ...RESET_FLAGS,
  ...PUSH_FLAGS,
];

const HELP: CommandHelp = {
  usage: 'k6-llm-perf [run] [--url URL] [--model NAME] [flags] [-- k6 flags]',
  examples: [
    'k6-llm-perf --url http://127.0.0.1:8000/v1 --parallel 8 --number 100',
    'k6-llm-perf --url http://127.0.0.1:8000/v1 --parallel 1 4 16 --duration 1m',
    "k6-llm-perf --url http://127.0.0.1:8000/v1 -n 200 --gate 'p99(ttft)<500'",
  ],
  about:
    "Measures a service and prints evalscope's tables. Several values of --parallel or --rate are a sweep: one run for each, and a table of all; --find searches the largest load. Every flag has an environment variable, in brackets, which k6 scripts take as -e. Everything after -- is passed to k6.",
  flags: [...PARAMETERS, ...OWN_FLAGS],
};

const run: Command['run'] = async (args, process) => {
  const { env, strays, passThrough, problems } = parseFlags(args, OWN_FLAGS);
  return runAndPrint(process, {
    settings: env,
    passThrough,
    problems: [...problems, ...strays.map((stray) => describeStray(stray, null))],
  });
};

export const command: Command = { help: HELP, run };

interface GivenSettings {
  readonly settings: Readonly<Record<string, string>>;
  readonly passThrough: readonly string[];
  readonly problems: readonly Problem[];
}

/** The settings of runs, and where each goes that is over. */
interface MeasuredSettings extends GivenSettings {
  readonly measured: PushedRun[];
}

/** A run, or a sweep, with its tables on standard output: what `run` and `quickstart` have in common. */
export async function runAndPrint(process: ProcessLike, given: GivenSettings): Promise<number> {
  const forK6 = takeSettings(given.passThrough);
  const problems = [...given.problems, ...forK6.problems];
  const places = planPush({ ...process.env, ...given.settings }, given.settings, problems);
  const measured: PushedRun[] = [];
  const args = process.env['DATASET_ARGS'] ?? '';
  const flags = { ...(args === '' ? {} : { ['DATASET_ARGS']: args }), ...withoutPush(given.settings) };
  const settings = { ...expandDatasetArgs(flags, problems), ...forK6.settings };
  try {
    return await runGiven(process, { ...given, settings, problems, measured });
  } finally {
    const { env } = process;
    const post: Post = (request) => askOnce({ ...request, insecure: false, env });
    for (const line of await pushRuns(places, measured, { post, env })) process.stderr.write(`${line}\n`);
  }
}

async function runGiven(process: ProcessLike, asked: MeasuredSettings): Promise<number> {
  const fromOutside = describeEnvironment(process.env, asked.settings);
  if (fromOutside !== null && asked.settings['QUIET'] !== 'true') process.stderr.write(`${fromOutside}\n`);
  await prepareOwnApi(asked.settings['API'] ?? process.env['API'], process.cwd());
  await readyWorkload({ ...process.env, ...asked.settings }, process.cwd(), process.stderr);
  const given = asked.problems.length > 0 ? asked : await findModel(process, asked);
  const settings = { ...process.env, ...given.settings };
  const search = planSearch(settings);
  const guided = planGuidedSweep(settings);
  const { JUNIT: junit } = settings;
  if (junit !== undefined && junit !== '') removeStaleJunit(resolve(process.cwd(), junit));
  const alone = search === null && guided === null ? [] : (planRepeats(settings)?.problems ?? []);
  if (alone.length > 0) throw new ConfigError([...given.problems, ...alone]);
  const several = withProblems(given, refuseStartAt(settings));
  if (search !== null) return searchAndPrint(process, several, search);
  const sla = planSla(settings);
  if (sla !== null) {
    return tuneAndPrint(process, withProblems(several, [...sla.problems, ...refuseOverSaturation(settings)]), sla);
  }
  if (guided !== null) return sweepAndPrint(process, withProblems(several, guided.problems), guided.first, guided);
  const plan = planSweep(settings);
  const repeats = planRepeats(settings);
  if (repeats !== null && plan.state !== 'single') {
    throw new ConfigError([...given.problems, describeUnrepeatable('RUNS (--runs)', 'a value beside several loads')]);
  }
  if (repeats !== null) return repeatAndPrint(process, withProblems(several, refuseOverSaturation(settings)), repeats);
  if (plan.state === 'refused') throw new ConfigError([...given.problems, ...plan.problems]);
  if (plan.state === 'sweep') {
    const isOfRates = plan.points.every(({ varies }) => varies === 'rate');
    const idle = isOfRates ? [] : refuseOverSaturation(settings);
    return sweepAndPrint(process, withProblems(several, idle), plan.points);
  }
  const idle = [...refuseOverSaturation(settings), ...parseSleepInterval(settings).problems];
  const run = await withStopSignal(process, (signal) =>
    performRun({ ...withProblems(given, idle), environment: process.env, cwd: process.cwd(), output: process, signal }),
  );
  printReport(process.stdout, run, run.outputDir, chooseView(process, run.config.tables));
  publishVerdict(process, run, null);
  given.measured.push(...describePushedRun(run, null));
  return run.exitCode;
}

/** Adds problems to those already known, so that all are reported at once. */
function withProblems(given: MeasuredSettings, more: readonly Problem[]): MeasuredSettings {
  return { ...given, problems: [...given.problems, ...more] };
}

/** The settings with the server's model; where there is none to take, that is a problem beside the others. */
async function findModel(process: ProcessLike, given: MeasuredSettings): Promise<MeasuredSettings> {
  const { settings } = given;
  const ask = (signal: AbortSignal): ReturnType<typeof withServedModel> =>
    withServedModel({ settings, environment: process.env, output: process, signal });
  try {
    return { ...given, settings: await withStopSignal(process, ask, 'stopping') };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Any name will do, since nothing starts; without one it would be missed twice.
    return withProblems({ ...given, settings: { ...settings, MODEL: 'any' } }, error.problems);
  }
}

/**
 * Performs several runs, and prints what comes of them as a whole.
 *
 * @param render what a person gets at the end, in so many columns; null where nothing was measured
 * @param page   the file to open
 */
async function performAndPrint<Ended extends EndedRuns>(
  process: ProcessLike,
  given: MeasuredSettings,
  perform: (options: GroupOptions) => Promise<Ended>,
  render: (ended: Ended, columns: number | undefined) => string | null,
  page: string = PAGE_FILE,
): Promise<number> {
  const { settings, passThrough } = given;
  const { sleepIntervalS, problems } = parseSleepInterval({ ...process.env, ...settings });
  const ended = await withStopSignal(process, (signal) =>
    perform({
      ...{ settings, passThrough, sleepIntervalS, problems: [...given.problems, ...problems] },
      ...{ environment: process.env, cwd: process.cwd(), output: process, signal },
    }),
  );
  const { outputDir, exitCode, failure } = ended;
  const text = render(ended, chooseView(process, null).columns);
  if (text !== null) process.stdout.write(`\n${text}`);
  const word = page === PAGE_FILE ? 'Report' : 'Results';
  if (outputDir !== null) process.stdout.write(`\n${word.padEnd(10)}${escapeText(join(outputDir, page))}\n`);
  if (failure !== null) throw failure;
  return exitCode;
}

function sweepAndPrint(
  process: ProcessLike,
  given: MeasuredSettings,
  points: readonly PlannedPoint[],
  guided: GuidedSweep | null = null,
): Promise<number> {
  const { stopsSaturated, problems } = parseOverSaturation({ ...process.env, ...given.settings });
  return performAndPrint(
    process,
    withProblems(given, problems),
    (options) =>
      performSweep({
        ...options,
        points,
        ...(guided === null ? {} : { extend: (measured) => chooseRates(process, guided, measured) }),
        stopsSaturated,
        onPoint: (run, point) => printOne(process, given.measured, run, describePoint(point), describeLoad(point)),
      }),
    (sweep, columns) => (sweep.points.length === 0 ? null : renderSweep(sweep.points, sweep.planned, columns)),
  );
}

async function tuneAndPrint(process: ProcessLike, given: MeasuredSettings, sla: PlannedSla): Promise<number> {
  const settings = { ...process.env, ...given.settings };
  if (sla.groups.length === 0) {
    throw new ConfigError([...given.problems, ...parseSleepInterval(settings).problems]);
  }
  for (const line of describeIdle(settings, sla)) process.stderr.write(`${line}\n`);
  return performAndPrint(
    process,
    given,
    (options) => performSla({ ...options, sla, onRun: (run, name) => printOne(process, given.measured, run, name) }),
    ({ answers }, columns) => renderSla(answers, sla, columns),
    'sla_summary.json',
  );
}

function repeatAndPrint(
  process: ProcessLike,
  given: MeasuredSettings,
  plan: NonNullable<ReturnType<typeof planRepeats>>,
): Promise<number> {
  return performAndPrint(
    process,
    withProblems(given, plan.problems),
    (options) =>
      performRepeats({
        ...options,
        plan,
        onRun: (run, position) => printOne(process, given.measured, run, `run ${position}`),
      }),
    ({ file }, columns) => (file.measured.length === 0 ? null : renderRepeats(file, columns)),
  );
}

function searchAndPrint(process: ProcessLike, given: MeasuredSettings, search: PlannedSearch): Promise<number> {
  return performAndPrint(
    process,
    given,
    (options) =>
      performSearch({ ...options, search, onProbe: (probe) => process.stdout.write(renderProbeLine(probe)) }),
    ({ file }, columns) => (file.probes.length === 0 ? null : renderSearch(file, columns)),
  );
}

/** The rates of a guided sweep, once the first two points are measured. */
function chooseRates(
  { stderr }: Pick<ProcessLike, 'stderr'>,
  { size, first }: GuidedSweep,
  points: readonly SweepPoint[],
): PlannedPoint[] {
  if (points.length !== first.length) return [];
  const [one, most] = points.map(({ summary }) => summary.requests_per_s);
  const rates = planRates(size, first[0]?.number ?? null, one, most);
  if (rates.length === 0) stderr.write(`\n${describeNoRates(first)}\n`);
  return rates;
}

/** All tables of a run where they were asked for, or go to a file; else a line, which does not bury the table of all runs. */
function printOne(process: ProcessLike, measured: PushedRun[], run: PerfRun, place: string, name = place): void {
  const view = chooseView(process, run.config.tables);
  if (view.tables === 'all') process.stdout.write(`\n${run.show(view)}`);
  process.stdout.write(renderPointLine(name, run, view.paint));
  publishVerdict(process, run, place);
  measured.push(...describePushedRun(run, place));
}
