import { isObject, type JsonObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { formatDuration } from './duration.ts';
import {
  badConfiguration,
  badOption,
  readDuration,
  readInteger,
  readString,
  readStringMap,
  wrongType,
} from './fields.ts';

interface Stage {
  readonly duration: Milliseconds;
  readonly target: number;
}

/** What every executor has. Times in milliseconds, k6's defaults filled in. */
interface BaseScenario {
  readonly name: string;
  readonly startTime: Milliseconds;
  readonly gracefulStop: Milliseconds;
  readonly env: Readonly<Record<string, string>>;
  readonly exec: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** k6's: the least duration of a scenario, and how long iterations in flight may go on by default. */
const LEAST_DURATION = 1000;
const DEFAULT_GRACEFUL_STOP = 30_000;
const DEFAULT_MAX_DURATION = 600_000;

/** The fields of one entry of `options.scenarios`, and k6's list of what is wrong with their values. */
class Fields {
  readonly problems: string[] = [];
  readonly #entry: JsonObject;
  readonly #taken = new Set(['executor', 'options']);

  constructor(entry: JsonObject) {
    this.#entry = entry;
  }

  take(key: string): unknown {
    this.#taken.add(key);
    return this.#entry[key];
  }

  integer(key: string): number | undefined {
    return this.#notNegative(key, readInteger(this.take(key), `scenarios.${key}`));
  }

  duration(key: string): Milliseconds | undefined {
    return this.#notNegative(key, readDuration(this.take(key)));
  }

  #notNegative(key: string, value: number | undefined): number | undefined {
    this.check((value ?? 0) >= 0, `the ${key} can't be negative`);
    return value;
  }

  check(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }

  /** @returns 0 where there is none, which is a problem then */
  requiredDuration(): Milliseconds {
    const duration = this.duration('duration');
    if (duration === undefined) this.problems.push('the duration is unspecified');
    else this.checkLeast('duration', duration);
    return duration ?? 0;
  }

  checkLeast(key: string, duration: Milliseconds): void {
    this.check(duration >= LEAST_DURATION, `the ${key} must be at least 1s, but is ${formatDuration(duration)}`);
  }

  refuseRest(): void {
    const unknown = Object.keys(this.#entry).find((key) => !this.#taken.has(key));
    if (unknown !== undefined) throw badOption(`json: unknown field ${JSON.stringify(unknown)}`);
  }
}

/** What a scenario has by its executor. `timeUnit` is the time to which a rate of iterations belongs. */
const READERS = {
  'shared-iterations': (fields: Fields) => {
    const own = readIterations(fields);
    const { iterations, vus } = own;
    fields.check(
      iterations >= vus,
      `the number of iterations (${iterations}) can't be less than the number of VUs (${vus})`,
    );
    fields.checkLeast('maxDuration', own.maxDuration);
    return own;
  },
  'per-vu-iterations': (fields: Fields) => {
    const own = readIterations(fields);
    fields.check(own.iterations > 0, 'the number of iterations must be more than 0');
    fields.checkLeast('maxDuration', own.maxDuration);
    return own;
  },
  'constant-vus': (fields: Fields) => ({ vus: readVus(fields), duration: fields.requiredDuration() }),
  'ramping-vus': (fields: Fields) => {
    const startVUs = fields.integer('startVUs') ?? 1;
    const stages = readStages(fields.take('stages'));
    fields.check(
      Math.max(startVUs, ...stages.map(({ target = 0 }) => target)) > 0,
      "either startVUs or one of the stages' target values must be greater than 0",
    );
    const gracefulRampDown = fields.duration('gracefulRampDown') ?? DEFAULT_GRACEFUL_STOP;
    return { startVUs, stages: checkStages(stages, fields), gracefulRampDown };
  },
  'constant-arrival-rate': (fields: Fields) => {
    const rate = fields.integer('rate');
    if (rate === undefined) fields.problems.push("the iteration rate isn't specified");
    else fields.check(rate > 0, 'the iteration rate must be more than 0');
    const timeUnit = readTimeUnit(fields);
    return { rate: rate ?? 0, timeUnit, duration: fields.requiredDuration(), ...readPool(fields) };
  },
  'ramping-arrival-rate': (fields: Fields) => {
    const startRate = fields.integer('startRate') ?? 0;
    const timeUnit = readTimeUnit(fields);
    const stages = checkStages(readStages(fields.take('stages')), fields);
    return { startRate, timeUnit, stages, ...readPool(fields) };
  },
};

type Executor = keyof typeof READERS;
type ScenarioOf<E extends Executor> = E extends Executor
  ? BaseScenario & Readonly<ReturnType<(typeof READERS)[E]>> & { readonly executor: E }
  : never;

export type IterationsScenario = ScenarioOf<'shared-iterations' | 'per-vu-iterations'>;
export type ConstantVusScenario = ScenarioOf<'constant-vus'>;
export type RampingVusScenario = ScenarioOf<'ramping-vus'>;
export type RampingArrivalRateScenario = ScenarioOf<'ramping-arrival-rate'>;
export type ArrivalRateScenario = ScenarioOf<'constant-arrival-rate'> | RampingArrivalRateScenario;
export type Scenario = ScenarioOf<Executor>;

function readVus(fields: Fields): number {
  const vus = fields.integer('vus') ?? 1;
  fields.check(vus > 0, 'the number of VUs must be more than 0');
  return vus;
}

function readIterations(fields: Fields) {
  const maxDuration = fields.duration('maxDuration') ?? DEFAULT_MAX_DURATION;
  return { vus: readVus(fields), iterations: fields.integer('iterations') ?? 1, maxDuration };
}

function readTimeUnit(fields: Fields): Milliseconds {
  const timeUnit = fields.duration('timeUnit') ?? 1000;
  fields.check(timeUnit > 0, 'the timeUnit must be more than 0');
  return timeUnit;
}

function readPool(fields: Fields) {
  const planned = fields.integer('preAllocatedVUs');
  const preAllocatedVUs = planned ?? 0;
  const maxVUs = fields.integer('maxVUs') ?? preAllocatedVUs;
  fields.check(planned !== undefined, "the number of preAllocatedVUs isn't specified");
  fields.check(maxVUs >= preAllocatedVUs, "maxVUs can't be less than preAllocatedVUs");
  return { preAllocatedVUs, maxVUs };
}

type RawStage = { readonly [Key in keyof Stage]: Stage[Key] | undefined };

/** @throws {EngineError} when a stage is not an object of a duration and a whole target */
function readStages(value: unknown): RawStage[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badOption('json: stages must be a list of { duration, target }');
  return value.map((stage: unknown) => {
    const fields: JsonObject = isObject(stage) ? stage : {};
    return { duration: readDuration(fields['duration']), target: readInteger(fields['target'], 'stages.target') };
  });
}

function checkStages(stages: readonly RawStage[], fields: Fields): Stage[] {
  fields.check(stages.length > 0, 'at least one stage has to be specified');
  return stages.map(({ duration, target }, index) => {
    const number = index + 1;
    fields.check(duration !== undefined, `stage ${number} doesn't have a duration`);
    fields.check((duration ?? 0) >= 0, `the duration for stage ${number} can't be negative`);
    fields.check(target !== undefined, `stage ${number} doesn't have a target`);
    fields.check((target ?? 0) >= 0, `the target for stage ${number} can't be negative`);
    return { duration: duration ?? 0, target: target ?? 0 };
  });
}

/** A scenario, and what is wrong with its values in k6's words; with problems it must not run. */
interface ReadScenario {
  readonly scenario: Scenario;
  readonly problems: readonly string[];
}

/**
 * Reads one entry of `options.scenarios`, with k6's defaults and texts.
 *
 * @throws {EngineError} exit code 104: unknown executor, unknown key, value of the wrong type
 */
function readScenario(name: string, entry: unknown): ReadScenario {
  const executor = isObject(entry) ? (readString(entry['executor'], 'scenarios.executor') ?? '') : '';
  if (!isObject(entry) || executor === '') throw badOption(`scenario '${name}' doesn't have a specified executor type`);
  if (!isExecutor(executor)) throw badOption(`unknown executor type '${executor}'`);
  const fields = new Fields(entry);
  const base: BaseScenario = {
    name,
    startTime: fields.duration('startTime') ?? 0,
    gracefulStop: fields.duration('gracefulStop') ?? DEFAULT_GRACEFUL_STOP,
    env: readStringMap(fields.take('env'), 'scenarios.env'),
    exec: readString(fields.take('exec'), 'scenarios.exec') ?? 'default',
    tags: readStringMap(fields.take('tags'), 'scenarios.tags'),
  };
  fields.check(
    /^[0-9a-zA-Z_-]+$/.test(name),
    'the scenario name should contain only numbers, latin letters, underscores, and dashes',
  );
  const own = READERS[executor](fields);
  fields.refuseRest();
  return { scenario: { ...base, executor, ...own } as Scenario, problems: fields.problems };
}

function isExecutor(name: string): name is Executor {
  return Object.hasOwn(READERS, name);
}

/**
 * The scenarios that the options name: `scenarios`, or what k6 makes of `vus`, `iterations`, `duration` and `stages`.
 *
 * @throws {EngineError} exit code 104: the first entry of the wrong form, or all that is wrong with the values of the others
 */
export function readScenarios(options: JsonObject, warn: (text: string) => void): Scenario[] {
  const entries = options['scenarios'] ?? null;
  if (entries !== null && !isObject(entries)) throw wrongType('scenarios', entries, 'map[string]executor');
  const given = entries === null ? null : Object.entries(entries).map(([name, entry]) => readScenario(name, entry));
  const read = applyShortcuts(options, given, warn);
  const problems = read.flatMap(({ scenario, problems: own }) =>
    own.length > 0 ? [`scenario ${scenario.name} has configuration errors: ${own.join(', ')}`] : [],
  );
  if (problems.length > 0) throw configurationProblems(problems);
  return read.map(({ scenario }) => scenario);
}

/** The scenario `default` of the shortcuts, or `given` where none is set; one iteration where there is neither. */
function applyShortcuts(
  options: JsonObject,
  given: readonly ReadScenario[] | null,
  warn: (text: string) => void,
): readonly ReadScenario[] {
  const vus = readInteger(options['vus'], 'vus');
  const iterations = readInteger(options['iterations'], 'iterations');
  const duration = readDuration(options['duration']);
  const stages = readStages(options['stages']).filter((stage) => stage.duration !== undefined);
  const refuseBoth = (first: string, second: string, both: boolean): void => {
    if (both) throw badConfiguration(`using \`${first}\` and \`${second}\` options simultaneously is not allowed`);
  };
  const shortcut = (name: string, executor: Executor, fields: JsonObject): ReadScenario[] => {
    refuseBoth(name, 'stages', name !== 'stages' && stages.length > 0);
    refuseBoth(name, 'scenarios', given !== null);
    return [readScenario('default', { executor, ...fields })];
  };
  if (iterations !== undefined)
    return shortcut('iterations', 'shared-iterations', { vus, iterations, maxDuration: duration });
  if (duration !== undefined) return shortcut('duration', 'constant-vus', { vus, duration });
  if (stages.length > 0) return shortcut('stages', 'ramping-vus', { startVUs: vus, stages });
  if (vus !== undefined && given !== null) warn(`\`vus=${vus}\` overrides scenarios configuration`);
  if (vus !== undefined) return [readScenario('default', { executor: 'shared-iterations', vus, iterations: vus })];
  return given?.length ? given : [readScenario('default', { executor: 'per-vu-iterations' })];
}

/** k6's list of what is wrong with the scenarios. */
export function configurationProblems(problems: readonly string[]): Error {
  const list = problems.map((problem) => `\n\t- ${problem}`).join('');
  return badConfiguration(`There were problems with the specified script configuration:${list}`);
}
