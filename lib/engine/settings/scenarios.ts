import { isObject, type JsonObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { badOption, readDuration, readInteger, readString, readStringMap } from './fields.ts';

/** What every executor has. Times in milliseconds, k6's defaults filled in. */
export interface BaseScenario {
  readonly name: string;
  readonly startTime: Milliseconds;
  readonly gracefulStop: Milliseconds;
  readonly env: Readonly<Record<string, string>>;
  readonly exec: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface IterationsScenario extends BaseScenario {
  readonly executor: 'shared-iterations' | 'per-vu-iterations';
  readonly vus: number;
  readonly iterations: number;
  readonly maxDuration: Milliseconds;
}

export interface ConstantVusScenario extends BaseScenario {
  readonly executor: 'constant-vus';
  readonly vus: number;
  readonly duration: Milliseconds;
}

export interface Stage {
  readonly duration: Milliseconds;
  readonly target: number;
}

export interface RampingVusScenario extends BaseScenario {
  readonly executor: 'ramping-vus';
  readonly startVUs: number;
  readonly stages: readonly Stage[];
  readonly gracefulRampDown: Milliseconds;
}

/** `timeUnit`: the time to which a rate of iterations belongs. */
interface ConstantArrivalRateScenario extends BaseScenario {
  readonly executor: 'constant-arrival-rate';
  readonly rate: number;
  readonly timeUnit: Milliseconds;
  readonly duration: Milliseconds;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
}

export interface RampingArrivalRateScenario extends BaseScenario {
  readonly executor: 'ramping-arrival-rate';
  readonly startRate: number;
  readonly timeUnit: Milliseconds;
  readonly stages: readonly Stage[];
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
}

export type ArrivalRateScenario = ConstantArrivalRateScenario | RampingArrivalRateScenario;
export type Scenario = IterationsScenario | ConstantVusScenario | RampingVusScenario | ArrivalRateScenario;

/** A scenario as read: values or undefined, types right, ranges not yet checked. */
export interface RawScenario {
  readonly name: string;
  readonly executor: Scenario['executor'];
  readonly startTime: Milliseconds | undefined;
  readonly gracefulStop: Milliseconds | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly exec: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, number | undefined>>;
  readonly stages: readonly RawStage[];
}

export interface RawStage {
  readonly duration: Milliseconds | undefined;
  readonly target: number | undefined;
}

const INTEGERS = new Set(['vus', 'iterations', 'rate', 'startRate', 'startVUs', 'preAllocatedVUs', 'maxVUs']);
const BASE_FIELDS = ['executor', 'startTime', 'gracefulStop', 'env', 'exec', 'tags', 'options'];

const EXECUTOR_FIELDS: Readonly<Record<Scenario['executor'], readonly string[]>> = {
  'shared-iterations': ['vus', 'iterations', 'maxDuration'],
  'per-vu-iterations': ['vus', 'iterations', 'maxDuration'],
  'constant-vus': ['vus', 'duration'],
  'ramping-vus': ['startVUs', 'stages', 'gracefulRampDown'],
  'constant-arrival-rate': ['rate', 'timeUnit', 'duration', 'preAllocatedVUs', 'maxVUs'],
  'ramping-arrival-rate': ['startRate', 'timeUnit', 'stages', 'preAllocatedVUs', 'maxVUs'],
};

/**
 * Reads one entry of `options.scenarios`.
 *
 * @throws {EngineError} exit code 104, k6's text: unknown executor, unknown key, value of the wrong type
 */
export function readScenario(name: string, entry: unknown): RawScenario {
  if (!isObject(entry)) throw badOption(`scenario '${name}' doesn't have a specified executor type`);
  const executor = readString(entry['executor'], 'scenarios.executor') ?? '';
  if (executor === '') throw badOption(`scenario '${name}' doesn't have a specified executor type`);
  if (!isExecutor(executor)) throw badOption(`unknown executor type '${executor}'`);
  const own = EXECUTOR_FIELDS[executor];
  for (const key of Object.keys(entry)) {
    if (!BASE_FIELDS.includes(key) && !own.includes(key)) throw badOption(`json: unknown field ${JSON.stringify(key)}`);
  }
  const numbers: Record<string, number | undefined> = {};
  for (const key of own) if (key !== 'stages') numbers[key] = readNumber(entry, key);
  return {
    name,
    executor,
    startTime: readDuration(entry['startTime']),
    gracefulStop: readDuration(entry['gracefulStop']),
    env: readStringMap(entry['env'], 'scenarios.env'),
    exec: readString(entry['exec'], 'scenarios.exec'),
    tags: readStringMap(entry['tags'], 'scenarios.tags'),
    numbers,
    stages: readStages(entry['stages']),
  };
}

/** @throws {EngineError} when a stage is no object of a duration and a whole target */
export function readStages(value: unknown): RawStage[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badOption('json: stages must be a list of { duration, target }');
  return value.map((stage: unknown) => {
    const fields: JsonObject = isObject(stage) ? stage : {};
    return { duration: readDuration(fields['duration']), target: readInteger(fields['target'], 'stages.target') };
  });
}

function isExecutor(name: string): name is Scenario['executor'] {
  return Object.hasOwn(EXECUTOR_FIELDS, name);
}

function readNumber(entry: JsonObject, key: string): number | undefined {
  return INTEGERS.has(key) ? readInteger(entry[key], `scenarios.${key}`) : readDuration(entry[key]);
}
