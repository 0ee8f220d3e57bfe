import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeLoad } from '../../report/html/point-load.ts';
import type { SlaAnswer } from '../../search/render-sla.ts';
import { NO_SHAPE } from '../../search/search-flags.ts';
import { countSlaRequests, type PlannedSla } from '../../search/sla-flags.ts';
import {
  averageSlaRuns,
  passesSla,
  readSlaMetric,
  type SlaGroup,
  type SlaResult,
  type SlaRun,
  scoreSla,
} from '../../search/sla-params.ts';
import { nextSlaStep, type SlaOutcome } from '../../search/sla-steps.ts';
import { EXIT_CODES } from '../../shared/errors.ts';
import { executeRun, type PerfRun, type PreparedRun, prepareRun } from './perf-run.ts';
import {
  asOneOfSeveral,
  type EndedRuns,
  endSearch,
  type GroupOptions,
  makePointFolder,
  nextOffset,
  openGroup,
  pause,
  type RunGroup,
  requireRecords,
} from './point-run.ts';

export interface SlaOptions extends GroupOptions {
  readonly sla: PlannedSla;
  /** Called when a run of a load is measured. */
  readonly onRun: (run: PerfRun, name: string) => void;
}

export interface SlaTuning extends EndedRuns {
  /** Of the groups whose search came to its end. */
  readonly answers: readonly SlaAnswer[];
  /** 0: every group has a load. 99: one has none. 105: stopped. */
  readonly exitCode: number;
}

const FAILED_AT_ALL = 'Failed at every load that was tried';

/** evalscope's names. */
const RUNS_FOLDER = 'sla_tuning';
const SUMMARY_FILE = 'sla_summary.json';

/**
 * evalscope's auto-tune: each load several runs of `round(load * multiplier)` requests, whose mean is judged, in
 * `sla_tuning/sla_<variable>_<load>_run_<i>/`. `sla_summary.json` is up to date after each load; a load that another group
 * has tried is not run again.
 * @throws {ConfigError} with every problem of the settings, {CommandError} like a single run
 */
export async function performSla(options: SlaOptions): Promise<SlaTuning> {
  const { sla, signal } = options;
  const { config } = prepareLoad(sla.lower, options);
  const group = await openGroup('search', config, options);
  const results = new Map<number, SlaResult>();
  const saveSummary = (): void => group.save(() => group.writeFile(SUMMARY_FILE, listResults(sla, results)));
  const answers: SlaAnswer[] = [];
  const measure = createMeasurer(group, options);
  let failure: unknown = null;
  try {
    for (const limits of sla.groups) {
      const answer = await searchGroup(limits, sla, results, async (load) => {
        const result = await measure(load);
        if (result === null) return false;
        results.set(load, result);
        saveSummary();
        return true;
      });
      if (answer === null) break;
      answers.push(answer);
    }
  } catch (error) {
    failure = error;
  }
  if (measure.hasSent()) saveSummary();
  const isWhole = answers.length === sla.groups.length && failure === null;
  const isMet = answers.every(({ found }) => found !== null);
  const isStopped = !isWhole && signal?.aborted === true;
  const isGood = isWhole && isMet;
  const otherCode = isGood ? EXIT_CODES.ok : (measure.endCode() ?? EXIT_CODES.thresholdsCrossed);
  const exitCode = isStopped ? EXIT_CODES.interrupted : otherCode;
  return { answers, outputDir: group.close(measure.hasSent()), exitCode, failure };
}

/** @returns null where a load could not be measured */
async function searchGroup(
  group: SlaGroup,
  { first, lower, upper }: PlannedSla,
  results: ReadonlyMap<number, SlaResult>,
  measure: (load: number) => Promise<boolean>,
): Promise<SlaAnswer | null> {
  const [only] = group;
  const isBest = only?.operator === 'max' || only?.operator === 'min';
  const judge = (result: SlaResult): SlaOutcome => (isBest ? scoreSla(group, result) : passesSla(group, result));
  const criteria = group.map(({ text }) => text).join(' AND ');
  for (;;) {
    const known = new Map([...results].map(([load, result]) => [load, judge(result)]));
    const step = nextSlaStep({ goal: isBest ? 'best' : 'pass', first, lower, upper }, known);
    if (step.state === 'probe') {
      if (!(await measure(step.load))) return null;
      continue;
    }
    const { found } = step;
    if (found === null) return { criteria, found, note: `Failed at lower bound (${lower})` };
    // The best of loads at which requests fail, or which lack the number, is none.
    if (known.get(found) === Number.NEGATIVE_INFINITY) return { criteria, found: null, note: FAILED_AT_ALL };
    const value = isBest ? readSlaMetric(only.metric, results.get(found) as SlaResult) : null;
    const note = value === null ? 'Satisfied' : `Best ${only?.metric}: ${value.toFixed(4)}`;
    return { criteria, found, note };
  }
}

/** @throws {ConfigError} */
function prepareLoad(load: number, options: SlaOptions): PreparedRun {
  const { variable, multiplier, fixedParallel, problems } = { ...options.sla, problems: options.problems };
  const settings = {
    ...options.settings,
    ...NO_SHAPE,
    SLA_AUTO_TUNE: '',
    [variable.toUpperCase()]: String(load),
    NUMBER: String(countSlaRequests(load, multiplier)),
    ...(variable === 'rate' ? { PARALLEL: fixedParallel === null ? '' : String(fixedParallel) } : { RATE: '' }),
  };
  return requireRecords(prepareRun({ ...options, problems, settings }), '--sla-auto-tune');
}

/** Measures a load in several runs; null where a stop, an engine that failed, or a service that went away cut them short. */
interface Measurer {
  (load: number): Promise<SlaResult | null>;
  hasSent(): boolean;
  /** Of what cut them short; null: nothing did, or a stop. */
  endCode(): number | null;
}

function createMeasurer({ before, engine, folder }: RunGroup, options: SlaOptions): Measurer {
  const { sla, output, signal, sleepIntervalS, onRun } = options;
  let offset: number | null = null;
  let count = 0;
  let hasSent = false;
  let endCode: number | null = null;
  /** The largest load of which all requests completed. */
  let mostWhole = 0;
  const measureRun = async (load: number, position: number): Promise<SlaRun | null> => {
    if (count > 0 && !(await pause(sleepIntervalS, signal))) return null;
    count += 1;
    const prepared = prepareLoad(load, options);
    offset ??= prepared.config.datasetOffset;
    const name = `sla_${sla.variable}_${load}_run_${position}`;
    if (!prepared.config.quiet) output.stderr.write(`\n${name}\n`);
    const place = { folder: makePointFolder(join(folder.path, RUNS_FOLDER), name) };
    const run = await executeRun(asOneOfSeveral(prepared, offset, before, output.stdout), engine, place, options);
    offset = nextOffset(offset, run);
    hasSent ||= run.outputDir !== null;
    if (signal?.aborted === true) return null;
    const loadName = describeLoad({ varies: sla.variable, parallel: load, rate: load });
    endCode = endSearch(run, { load: loadName, isFirst: count === 1, hasHeld: mostWhole >= load }, output);
    if (endCode !== null) return null;
    if (run.summary.completed_requests === run.summary.total_requests) mostWhole = Math.max(mostWhole, load);
    onRun(run, name);
    const read = (file: string): unknown => JSON.parse(readFileSync(join(run.outputDir as string, file), 'utf8'));
    return {
      summary: read('benchmark_summary.json') as SlaRun['summary'],
      rows: read('benchmark_percentile.json') as SlaRun['rows'],
    };
  };
  const measure = async (load: number): Promise<SlaResult | null> => {
    const runs: SlaRun[] = [];
    for (let position = 0; position < sla.runs; position++) {
      const run = await measureRun(load, position);
      if (run === null) return null;
      runs.push(run);
    }
    return averageSlaRuns(runs);
  };
  return Object.assign(measure, { hasSent: () => hasSent, endCode: () => endCode });
}

/** The content of evalscope's `sla_summary.json`. */
function listResults({ variable }: PlannedSla, results: ReadonlyMap<number, SlaResult>): Record<string, SlaResult> {
  return Object.fromEntries([...results].map(([load, result]) => [`${variable}_${load}`, result]));
}
