import { renameSync } from 'node:fs';
import { concurrencyOf } from '../../config/open-loop.ts';
import { formatRunFolder } from '../../evalscope/release-1-14.ts';
import { describeLoad } from '../../report/html/point-load.ts';
import { createPointFolder, type ReportFolder } from '../../report/node-write-report.ts';
import { buildJunitSuite, type JunitSuite } from '../../report/text/junit.ts';
import { ConfigError, EXIT_CODES, type Problem } from '../../shared/errors.ts';
import { type PlannedPoint, setPoint } from '../../sweep/plan-sweep.ts';
import { describeBest } from '../../sweep/render-sweep.ts';
import { createSaturationWatch } from '../../sweep/saturation-watch.ts';
import { buildSweepFile, type SweepFile } from '../../sweep/sweep-json.ts';
import type { SweepPoint } from '../../sweep/sweep-point.ts';
import { followRecords } from './follow-records.ts';
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
  writePointsPage,
} from './point-run.ts';

export interface SweepOptions extends GroupOptions {
  readonly points: readonly PlannedPoint[];
  /** The points that follow from those measured, once `points` are through; absent: none do. */
  readonly extend?: (points: readonly SweepPoint[]) => readonly PlannedPoint[];
  /** Ends with the point at which the service falls behind. */
  readonly stopsSaturated: boolean;
  /** Called when a point is measured, before the pause. */
  readonly onPoint: (run: PerfRun, point: SweepPoint) => void;
}

export interface Sweep extends EndedRuns {
  readonly points: readonly SweepPoint[];
  readonly planned: number;
}

const SWEEP_FILE = 'sweep.json';

/**
 * Measures one point after the other, each as a run of its own in `parallel_<P>_number_<N>` or `rate_<R>_number_<N>`, and keeps `sweep.json` up to
 * date. Everything about every point is checked before the first request.
 *
 * A stop ends the sweep with the point that it cuts short, and so does a point of which no request got through: the next
 * ones would fare no better. Each point goes on in the dataset where the one before ended, so that none of them meets
 * prompts that the service has in its cache.
 * @throws {ConfigError} with every problem of all points, {CommandError} like a single run
 */
export async function performSweep(options: SweepOptions): Promise<Sweep> {
  const { signal } = options;
  const planned = [...options.points];
  const prepared = prepareAll(planned, options);
  const { config } = prepared[0] as PreparedRun;
  const group = await openGroup('sweep', config, options);
  const points: SweepPoint[] = [];
  const suites: JunitSuite[] = [];
  const describe = (state: SweepFile['state']): SweepFile =>
    buildSweepFile(points, {
      head: group.head(state),
      sleep_interval_s: options.sleepIntervalS,
      args: group.args,
      planned,
    });
  const extend = (): void => {
    const more = options.extend?.(points) ?? [];
    planned.push(...more);
    prepared.push(...prepareAll(more, options));
  };
  const failure = await takeEach(measurePoints(prepared, group, options, extend), ({ run, point }) => {
    points.push(point);
    suites.push(
      buildJunitSuite(describePoint(point), { ...run.verdict, model: run.config.model, summary: run.summary }),
    );
    options.onPoint(run, point);
    if (hasResults(points)) group.save(() => group.writeFile(SWEEP_FILE, describe('running')));
  });
  if (suites.length > 0) group.saveJunit([...suites, ...prepared.slice(suites.length).map(describeUnmeasured)]);
  const isStopped = signal?.aborted === true;
  const isComplete = failure === null && points.length === planned.length && !isStopped;
  const exitCode = chooseExitCode(points, isStopped);
  const outputDir = group.close(hasResults(points), () => {
    const file = describe(isComplete ? 'complete' : 'stopped');
    group.writeFile(SWEEP_FILE, file);
    writePointsPage(group.folder.path, config.model, { ...file, results: describeBest(file.points) });
  });
  return { points, planned: planned.length, exitCode, failure, outputDir };
}

/** The point of a sweep as reports of all points name it. */
export function describePoint(point: Pick<SweepPoint, 'varies' | 'parallel' | 'rate' | 'number'>): string {
  return `${describeLoad(point)}${point.number === null ? '' : `, number ${point.number}`}`;
}

/** A point that nobody can judge, since the sweep ended before it. */
function describeUnmeasured({ config, expectedRequests, varies }: PlannedRun): JunitSuite {
  const { rate, model } = config;
  return {
    name: describePoint({ varies, parallel: concurrencyOf(config), rate, number: expectedRequests }),
    checks: [
      { group: 'measurement', name: 'the point was measured', state: 'no-value', detail: 'the sweep ended before it' },
    ],
    className: model,
    seconds: 0,
  };
}

/** Whether a point left results. */
function hasResults(points: readonly SweepPoint[]): boolean {
  return points.some(({ folder }) => folder !== null);
}

/** A point and the run that it was. */
interface MeasuredPoint {
  readonly run: PerfRun;
  readonly point: SweepPoint;
}

/** A point that can start. */
interface PlannedRun extends PreparedRun, Pick<PlannedPoint, 'varies'> {}

/** Runs the points until the last one, a stop, or one that shows that the next ones are in vain. */
async function* measurePoints(
  prepared: readonly PlannedRun[],
  group: RunGroup,
  options: SweepOptions,
  extend: () => void,
): AsyncGenerator<MeasuredPoint> {
  const { output, signal, sleepIntervalS } = options;
  let offset = prepared[0]?.config.datasetOffset ?? 0;
  for (let index = 0; index < prepared.length; index++) {
    const run = prepared[index] as PlannedRun;
    if (index > 0 && !(await pause(sleepIntervalS, signal))) return;
    if (!run.config.quiet) output.stderr.write(`\npoint ${index + 1} of ${prepared.length}\n`);
    const measured = await measurePoint(asOneOfSeveral(run, offset, group.before, output.stdout), group, options);
    const { run: result, point } = measured;
    offset = nextOffset(offset, result);
    yield measured;
    if (signal?.aborted === true || result.exitCode === EXIT_CODES.interrupted) return;
    if (gotNothing(result.summary)) {
      const isLast = index + 1 === prepared.length;
      if (!isLast) output.stderr.write('\nno request got through, so the points after this one are not measured\n');
      return;
    }
    if (point.over_saturated) {
      output.stderr.write(`\nthe service falls behind ${describeLoad(point)}, so higher loads are not measured\n`);
      return;
    }
    if (index + 1 === prepared.length) extend();
  }
}

/** @throws {ConfigError} with the problems of all points, each once */
function prepareAll(points: readonly PlannedPoint[], options: SweepOptions): PlannedRun[] {
  const problems = new Map<string, Problem>();
  const prepared: PlannedRun[] = [];
  for (const point of points) {
    const settings = { ...options.settings, ...setPoint(point) };
    try {
      prepared.push({ ...prepareRun({ ...options, settings }), varies: point.varies });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) problems.set(JSON.stringify(problem), problem);
    }
  }
  if (problems.size > 0) throw new ConfigError([...problems.values()]);
  return prepared;
}

async function measurePoint(
  run: PlannedRun,
  { engine, folder: sweep }: RunGroup,
  options: SweepOptions,
): Promise<MeasuredPoint> {
  const { config, expectedRequests, varies, starts, warmups } = run;
  const load = { concurrency: concurrencyOf(config), rate: varies === 'rate' ? config.rate : null };
  const nameFolder = (number: number | null): string => formatRunFolder({ ...load, number });
  const name = nameFolder(expectedRequests);
  const folder = makePointFolder(sweep.path, name);
  // A point bound by time gets its name when its requests are counted.
  const settle = (finished: number): ReportFolder => {
    const counted = nameFolder(finished);
    renameSync(folder.path, `${sweep.path}/${counted}`);
    return createPointFolder(sweep.path, counted);
  };
  const place = expectedRequests === null ? { folder, settle } : { folder };
  const saturated = new AbortController();
  // Of a conversation the first turn alone has a place in the schedule.
  const isWatched = starts !== null && (expectedRequests ?? 0) + warmups === starts.length;
  if (options.stopsSaturated && starts !== null && !isWatched && !config.quiet) {
    options.output.stderr.write('over-saturation is not looked for: later turns of conversations follow no schedule\n');
  }
  const watch =
    options.stopsSaturated && isWatched
      ? createSaturationWatch(starts, warmups, config.rate === 'inf' ? null : config.rate, () => saturated.abort())
      : null;
  const end =
    watch === null
      ? null
      : followRecords(folder.path, (record) => {
          if (record.warmup !== true) watch(record);
        });
  const result = await executeRun(run, engine, place, { ...options, enough: saturated.signal }).finally(end);
  return { run: result, point: { ...toPoint(result, varies), over_saturated: saturated.signal.aborted } };
}
