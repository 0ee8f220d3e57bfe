import { parseSeconds } from '../config/duration-type.ts';
import { isBeside, PROBE_SCENARIO } from '../shared/beside-scenarios.ts';
import { formatCount } from '../shared/format-count.ts';
import { isObject, type JsonObject } from '../shared/json.ts';

/** The load that the engine ran, which flags of k6's or another script's options may have changed. */
export interface ActualLoad {
  /** The most VUs at the same time; null where the options do not say. */
  readonly concurrency: number | null;
  /** Iterations in total, warm-up included; null when only time bounds them, or the options do not say. */
  readonly iterations: number | null;
  /** How long requests are started for; null where their number alone bounds the run, or the options do not say. */
  readonly durationS: number | null;
  /** What ran in place of the planned load, such as `3 VUs, 9 iterations`; null where the load is as planned. */
  readonly change: string | null;
}

/** One scenario's load, as far as all executors of k6 say it. */
type ScenarioLoad = Omit<ActualLoad, 'change'>;

const UNKNOWN: ActualLoad = {
  concurrency: null,
  iterations: null,
  durationS: null,
  change: 'a load of several scenarios or of unknown options',
};

/**
 * Compares the scenarios that an engine runs, `exec.test.options.scenarios`, with the ones a bundle exported.
 *
 * `--vus`, `--iterations`, `--duration` and `--stage` (and `K6_VUS` and the like) replace a script's scenarios, and
 * another script that imports a bundle brings options of its own.
 * @param ran     any value; what cannot be read makes numbers null, never wrong
 * @param planned the `scenarios` of `buildOptions`
 */
export function readActualLoad(ran: unknown, planned: unknown): ActualLoad {
  const [scenario, ...others] = listLoads(ran);
  const [wanted] = listLoads(planned);
  if (!isObject(scenario) || others.length > 0) return UNKNOWN;
  const load = readScenario(scenario);
  const isAsPlanned =
    isObject(wanted) && wanted['executor'] === scenario['executor'] && same(load, readScenario(wanted));
  return {
    ...load,
    durationS: load.iterations === null ? load.durationS : null,
    change: isAsPlanned
      ? null
      : `${describe(load, String(scenario['executor'] ?? 'unknown executor'))}${hasProbe(planned) && !hasProbe(ran) ? ' and no probe' : ''}`,
  };
}

/** What runs beside the load is not part of it. */
function listLoads(scenarios: unknown): unknown[] {
  const all = isObject(scenarios) ? Object.entries(scenarios) : [];
  return all.flatMap(([name, scenario]) => (isBeside(name) ? [] : [scenario]));
}

/** How many of the scenarios run beside the load, each with one VU. */
export function countBeside(scenarios: unknown): number {
  return isObject(scenarios) ? Object.keys(scenarios).filter(isBeside).length : 0;
}

function hasProbe(scenarios: unknown): boolean {
  return isObject(scenarios) && Object.hasOwn(scenarios, PROBE_SCENARIO);
}

/** The settings of a load, by the keys of the configuration that is written down, as they ran. */
export interface ChangedLoad {
  readonly parallel: number | null;
  readonly number: number | null;
  readonly duration: number | null;
  readonly expected_requests: number | null;
  readonly load_change: string;
}

/**
 * The configuration as it is written down, with the load that ran in place of the planned one.
 *
 * @param warmups iterations that come before the measured ones
 * @param count   how many requests so many iterations have; absent: one each
 */
export function withActualLoad(
  args: Readonly<Record<string, unknown>>,
  { concurrency, iterations, durationS, change }: ActualLoad,
  warmups: number,
  count?: CountRequests,
): Readonly<Record<string, unknown>> {
  if (change === null) return args;
  const expected = expectedRequests(iterations, warmups, count);
  return {
    ...args,
    parallel: concurrency,
    number: expected,
    duration: durationS,
    expected_requests: expected,
    load_change: change,
  } satisfies ChangedLoad & Readonly<Record<string, unknown>>;
}

/** What `withActualLoad` put into a configuration; null where the load was as planned. */
export function pickChangedLoad(args: Readonly<Record<string, unknown>>): ChangedLoad | null {
  const { load_change } = args;
  if (typeof load_change !== 'string') return null;
  const number = (key: string): number | null => readNumber(args[key]);
  const expected = number('expected_requests');
  const [parallel, duration] = [number('parallel'), number('duration')];
  return { parallel, number: expected, duration, expected_requests: expected, load_change };
}

/** How many requests so many iterations have, from the first. */
export type CountRequests = (iterations: number) => number;

/** How many measured requests so many iterations have; null when only time bounds them. */
export function expectedRequests(
  iterations: number | null,
  warmups: number,
  count: CountRequests = (requests) => requests,
): number | null {
  return iterations === null ? null : Math.max(0, count(iterations) - count(warmups));
}

/** The sentence of a report about a load that was changed; none where it was not. */
export function describeLoadChange(change: unknown): string[] {
  if (typeof change !== 'string') return [];
  return [
    `Load: k6 ran ${change}, not what PARALLEL, NUMBER and DURATION planned: its own flags (--vus, --iterations, --duration, --stage) or another script's options took precedence. The tables show what ran.`,
  ];
}

function readScenario(scenario: JsonObject): ScenarioLoad {
  const number = (key: string): number | null => readNumber(scenario[key]);
  const durationS = readSeconds(scenario['duration']) ?? readSeconds(scenario['maxDuration']);
  const concurrency = number('vus') ?? 1;
  switch (scenario['executor']) {
    case 'shared-iterations':
      return { concurrency, iterations: number('iterations') ?? 1, durationS };
    case 'per-vu-iterations':
      return { concurrency, iterations: concurrency * (number('iterations') ?? 1), durationS };
    case 'constant-vus':
      return { concurrency, iterations: null, durationS };
    case 'ramping-vus':
      return { concurrency: highestTarget(scenario), iterations: null, durationS: stagesSeconds(scenario) };
    default:
      return { concurrency: null, iterations: null, durationS };
  }
}

function stagesOf(scenario: JsonObject): readonly JsonObject[] {
  const stages = scenario['stages'];
  return Array.isArray(stages) ? stages.filter(isObject) : [];
}

function highestTarget(scenario: JsonObject): number | null {
  const targets = [scenario['startVUs'] ?? 1, ...stagesOf(scenario).map((stage) => stage['target'])].map(readNumber);
  return targets.some((target) => target === null) ? null : Math.max(...(targets as number[]));
}

function stagesSeconds(scenario: JsonObject): number | null {
  const seconds = stagesOf(scenario).map((stage) => readSeconds(stage['duration']));
  return seconds.some((value) => value === null) ? null : (seconds as number[]).reduce((sum, value) => sum + value, 0);
}

/** k6 takes numbers as text, too. */
function readNumber(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** A bare number is in milliseconds. */
function readSeconds(value: unknown): number | null {
  if (typeof value === 'number') return value / 1000;
  return typeof value === 'string' ? parseSeconds(value) : null;
}

/** The bound of a run that counts its requests is not its load: only a duration that bounds it alone is compared. */
function same(a: ScenarioLoad, b: ScenarioLoad): boolean {
  const isSame = a.concurrency === b.concurrency && a.iterations === b.iterations;
  return isSame && (a.iterations !== null || a.durationS === b.durationS);
}

function describe({ concurrency: vus, iterations, durationS }: ScenarioLoad, executor: string): string {
  const parts = [
    vus === null ? executor : formatCount(vus, 'VU'),
    iterations === null ? null : formatCount(iterations, 'iteration'),
    iterations === null && durationS !== null ? `${durationS} s` : null,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
