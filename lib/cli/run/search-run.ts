import { join } from 'node:path';
import type { Gate } from '../../conditions/gates.ts';
import { describeLoad } from '../../report/html/point-load.ts';
import { countClientTries, endsByClient } from '../../search/client-probes.ts';
import type { ReachedRate } from '../../search/curve.ts';
import { findGateInterval } from '../../search/gate-interval.ts';
import { countProof } from '../../search/gate-side.ts';
import { listProbeLooks, type PlannedProbe } from '../../search/probe.ts';
import { listSearchCharts } from '../../search/search-charts.ts';
import { checkSearchGates, NO_SHAPE, type PlannedSearch, SEARCHES, toLoad } from '../../search/search-flags.ts';
import {
  buildSearchFile,
  chooseStep,
  describeAnswer,
  describeUnproven,
  findAnswer,
  type SearchFile,
  type SearchProbe,
} from '../../search/search-json.ts';
import { ConfigError, EXIT_CODES } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format-count.ts';
import { isBelowRate } from '../../stats/open-loop.ts';
import { choosePercentile } from '../../stats/percentile-rule.ts';
import { loadRecount } from '../../tokens/node-tokenizer.ts';
import { isClientAtLimit, isCrossedDespiteLate } from '../../verdict/client-limit.ts';
import { type FollowedProbe, followProbe } from './follow-probe.ts';
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
  takeEach,
  toPoint,
  writePointsPage,
} from './point-run.ts';

export interface SearchOptions extends GroupOptions {
  readonly search: PlannedSearch;
  /** Called when a probe is measured, before the cool-down. */
  readonly onProbe: (probe: SearchProbe) => void;
}

export interface Search extends EndedRuns {
  readonly file: SearchFile;
  /** 0: found. 99: not even the least load is good. Else what ended it. */
  readonly exitCode: number;
}

const SEARCH_FILE = 'search.json';
/** The probes' folders lie here, where evalscope's loader does not take them for points of a sweep. */
const PROBES_FOLDER = 'search';

/**
 * Searches the largest load at which all gates hold: each probe is a run of its own, until its requests tell on which side
 * of its gates the load is. `search.json` is up to date after each.
 *
 * A stop ends the search with the probe that it cuts short, which has no side. So does a probe that sent nothing, or the
 * first one when nothing got through: that is not a question of load.
 * @throws {ConfigError} with every problem of the settings, {CommandError} like a single run
 */
export async function performSearch(options: SearchOptions): Promise<Search> {
  const { search, signal } = options;
  const { name, plan } = search;
  const { config, gates } = prepareAll(options);
  const group = await openGroup('search', config, options);
  const probes: SearchProbe[] = [];
  let endCode: number = EXIT_CODES.ok;
  const describe = (state: SearchFile['state']): SearchFile =>
    buildSearchFile(probes, {
      head: group.head(state),
      find: name,
      plan,
      gates: gates.map(({ source }) => source),
      unproven: gates.flatMap((gate) => {
        const needs = countProof(gate);
        return needs === null ? [] : [{ gate: gate.source, needs: Number.isFinite(needs) ? needs : null }];
      }),
      args: group.args,
    });
  const failure = await takeEach(runProbes(probes, group, options), (next) => {
    if (next.state === 'ended') {
      endCode = next.exitCode;
      return true;
    }
    probes.push(next.probe);
    options.onProbe(next.probe);
    group.save(() => group.writeFile(SEARCH_FILE, describe('running')));
    return false;
  });
  const answer = findAnswer(name, plan, probes);
  const file = describe(answer === null ? 'stopped' : 'complete');
  const isStopped = signal?.aborted === true && answer === null;
  const exitCode = isStopped
    ? EXIT_CODES.interrupted
    : answer?.found === 'none'
      ? EXIT_CODES.thresholdsCrossed
      : endCode;
  const outputDir = group.close(
    probes.length > 0,
    () => group.writeFile(SEARCH_FILE, file),
    () => writePage(group.folder.path, config.model, file),
  );
  return { file, outputDir, exitCode, failure };
}

/** Checks the least and the largest load. @returns the least one @throws {ConfigError} */
function prepareAll(options: SearchOptions): PreparedRun {
  const { plan, problems } = options.search;
  const all = { ...options, problems: [...options.problems, ...problems] };
  const prepared = prepareProbe({ load: plan.least, kind: 'look' }, all);
  prepareProbe({ load: plan.most, kind: 'look' }, all);
  const wrong = checkSearchGates(options.search.name, prepared.gates);
  if (wrong.length > 0) throw new ConfigError(wrong);
  return requireRecords(prepared, '--find');
}

function prepareProbe(probe: PlannedProbe, options: SearchOptions): PreparedRun {
  const { varies } = SEARCHES[options.search.name];
  const number = String(listProbeLooks(probe).at(-1));
  // A bundle runs one load, and refuses the rest.
  const settings = {
    ...options.settings,
    ...NO_SHAPE,
    FIND: '',
    [varies.toUpperCase()]: String(probe.load),
    NUMBER: number,
  };
  return prepareRun({ ...options, settings });
}

type NextProbe =
  | { readonly state: 'measured'; readonly probe: SearchProbe }
  | { readonly state: 'ended'; readonly exitCode: number };

/** Runs what the plan asks for after the probes so far, until it has its answer, a stop, or one that makes the next ones vain. */
async function* runProbes(
  probes: readonly SearchProbe[],
  group: RunGroup,
  options: SearchOptions,
): AsyncGenerator<NextProbe> {
  const { output, signal, search, sleepIntervalS } = options;
  let offset: number | null = null;
  for (;;) {
    if (endsByClient(probes)) {
      yield { state: 'ended', exitCode: EXIT_CODES.thresholdsCrossed };
      return;
    }
    const step = chooseStep(search.name, search.plan, probes);
    if (step.state === 'done') return;
    const isFirst = probes.length === 0;
    const retries = countClientTries(probes);
    if (!isFirst && !(await pause(sleepIntervalS, signal))) return;
    const prepared = prepareProbe(step, options);
    offset ??= prepared.config.datasetOffset;
    if (!prepared.config.quiet) {
      const what = `${describeLoad(toLoad(search.name, step.load))}, ${step.kind}${retries > 0 ? ', again' : ''}`;
      output.stderr.write(`\nprobe ${probes.length + 1}: ${what}, ${describeSize(step)}\n`);
    }
    const { run, followed } = await runProbe(
      { ...step, retries },
      asOneOfSeveral(prepared, offset, group.before, null),
      group,
      options,
    );
    offset = nextOffset(offset, run);
    // What a stop cut short has no side.
    if (signal?.aborted === true || run.exitCode === EXIT_CODES.interrupted) {
      yield { state: 'ended', exitCode: EXIT_CODES.interrupted };
      return;
    }
    const load = describeLoad(toLoad(search.name, step.load));
    const hasHeld = probes.some((probe) => probe.side === 'holds' && probe.load >= step.load);
    const exitCode = endSearch(run, { load, isFirst, hasHeld }, output);
    if (exitCode !== null) {
      yield { state: 'ended', exitCode };
      return;
    }
    yield { state: 'measured', probe: toProbe(step, run, followed, search.name, prepared.gates) };
  }
}

/** How many requests it takes: of one that resolves, it ends when its side is known. */
function describeSize(probe: PlannedProbe): string {
  const looks = listProbeLooks(probe);
  const [least, most] = [looks[0] as number, looks.at(-1) as number];
  return least === most ? formatCount(most, 'request') : `${least} to ${most} requests`;
}

async function runProbe(
  { retries, ...probe }: PlannedProbe & { readonly retries: number },
  prepared: PreparedRun,
  { engine, folder: search }: RunGroup,
  options: SearchOptions,
): Promise<{ readonly run: PerfRun; readonly followed: FollowedProbe }> {
  const { config, gates } = prepared;
  const { varies } = SEARCHES[options.search.name];
  const again = retries > 0 ? `_${retries + 1}` : '';
  const folder = makePointFolder(join(search.path, PROBES_FOLDER), `${varies}_${probe.load}_${probe.kind}${again}`);
  const recount = await loadRecount(config.tokenizer, config.saveText);
  const enough = new AbortController();
  const end = followProbe({
    ...{ probe, gates, recount },
    folder: folder.path,
    // What is under way when a look ends the probe is in no number, so there is nothing unfinished.
    context: { percentile: choosePercentile(config.percentileRule), unfinishedRequests: 0, droppedIterations: 0 },
    onEnough: () => {
      if (probe.kind === 'resolve') enough.abort();
    },
  });
  let followed: FollowedProbe = { side: 'unresolved', requests: 0, open: [], margins: [], latestMs: 0 };
  const run = await executeRun(prepared, engine, { folder }, { ...options, enough: enough.signal }).finally(
    async () => {
      followed = await end();
    },
  );
  return { run, followed };
}

/** Requests per second, or the good ones of them, by the first gate on goodput. */
function readReached(name: PlannedSearch['name'], run: PerfRun, gates: readonly Gate[]): ReachedRate | null {
  const { requests_per_s: rate } = run.intervals ?? { requests_per_s: null };
  if (rate?.value == null || run.summary.completed_requests === 0) return null;
  const { value, low, high } = rate;
  if (name !== 'max-goodput') return { value, low, high };
  const index = gates.findIndex(({ measure }) => measure.type === 'goodput');
  const share = run.gates[index]?.value ?? null;
  if (share === null) return null;
  const { measure } = gates[index] as Gate;
  // Its rates have no interval.
  if (measure.type === 'goodput' && measure.measure !== 'goodput') return { value: share, low: null, high: null };
  // Good ones are a share of all that were sent, and requests/s counts those that completed.
  const scale = (share * run.summary.total_requests) / run.summary.completed_requests;
  const error =
    (1.96 * Math.sqrt((share * (1 - share)) / run.summary.total_requests)) / Math.max(share, Number.EPSILON);
  return {
    value: value * scale,
    low: low === null ? null : Math.max(0, low * scale * (1 - error)),
    high: high === null ? null : high * scale * (1 + error),
  };
}

/** The starts of a short look come so late by chance. */
const CHANCE_MS = 100;

/** Whether a probe measured a rate that is less than its own, which is not a load at which gates hold. */
function isOtherRate(summary: PerfRun['summary']): boolean {
  const { achieved_per_s, scheduled_per_s } = summary.open_loop ?? {};
  if (!isBelowRate(summary.open_loop) || achieved_per_s == null || scheduled_per_s == null) return false;
  return 1000 * (summary.total_requests - 1) * (1 / achieved_per_s - 1 / scheduled_per_s) > CHANCE_MS;
}

function toProbe(
  { load, kind }: PlannedProbe,
  run: PerfRun,
  { side, requests, open, margins, latestMs }: FollowedProbe,
  name: PlannedSearch['name'],
  gates: readonly Gate[],
): SearchProbe {
  const { number, folder, ...point } = toPoint(run, SEARCHES[name].varies);
  const reached = kind === 'measure' ? readReached(name, run, gates) : null;
  const gate_intervals = gates.map((gate) => findGateInterval(gate, run.intervals));
  const path = folder === null ? null : `${PROBES_FOLDER}/${folder}`;
  const sent_requests = run.summary.total_requests + run.samples.closedRequests;
  const isOther = isOtherRate(run.summary);
  const isOfClient = isClientAtLimit(run.summary, run.validity);
  // A client that is late only adds to times: gates that hold with it hold without it.
  const isCrossedAnyway = side === 'crossed' && isCrossedDespiteLate(run.gates, latestMs);
  const isSpoiled = isClientAtLimit(run.summary, run.validity, isCrossedAnyway);
  const client_at_limit = isSpoiled && (isOther || side !== 'holds');
  const own = isOther ? 'crossed' : side;
  return {
    ...{ load, kind, client_at_limit },
    side: client_at_limit ? 'unresolved' : own,
    open: isOther || isOfClient ? [] : open,
    // They would be those of another rate, or of the client.
    margins: isOther || isOfClient ? [] : margins,
    requests,
    sent_requests,
    reached,
    ...point,
    folder: path,
    gates: run.gates,
    gate_intervals,
  };
}

/** `perf_report.html` of the search: its probes as points, by their load. */
function writePage(path: string, model: string, file: SearchFile): void {
  const { probes, args, started_at } = file;
  const points = probes.map((probe) => ({ ...probe, number: probe.summary.total_requests }));
  const results = [describeAnswer(file), ...describeUnproven(file)];
  writePointsPage(path, model, { points, results, args, started_at, search: listSearchCharts(file) });
}
