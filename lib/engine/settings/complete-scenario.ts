import type { Milliseconds } from '../../shared/units.ts';
import { formatDuration } from './duration.ts';
import type { BaseScenario, RawScenario, RawStage, Scenario, Stage } from './scenarios.ts';

/** k6's: the least duration of a scenario, and how long iterations in flight may go on by default. */
const LEAST_DURATION = 1000;
const DEFAULT_GRACEFUL_STOP = 30_000;
const DEFAULT_MAX_DURATION = 600_000;
/** k6's sanity limit for concurrent VUs. */
const MOST_VUS = 100_000_000;

/** A scenario ready to run, and k6's list of what is wrong with it; with problems it must not run. */
export interface CompletedScenario {
  readonly scenario: Scenario;
  readonly problems: readonly string[];
}

/** Fills in k6's defaults and checks ranges with k6's texts. */
export function completeScenario(raw: RawScenario): CompletedScenario {
  const problems = checkBase(raw);
  const base: BaseScenario = {
    name: raw.name,
    startTime: raw.startTime ?? 0,
    gracefulStop: raw.gracefulStop ?? DEFAULT_GRACEFUL_STOP,
    env: raw.env,
    exec: raw.exec ?? 'default',
    tags: raw.tags,
  };
  return { scenario: completeOwn(raw, base, problems), problems };
}

function completeOwn(raw: RawScenario, base: BaseScenario, problems: string[]): Scenario {
  const n = raw.numbers;
  switch (raw.executor) {
    case 'shared-iterations':
    case 'per-vu-iterations':
      return completeIterations(raw, raw.executor, base, problems);
    case 'constant-vus': {
      const vus = n['vus'] ?? 1;
      if (vus <= 0) problems.push('the number of VUs must be more than 0');
      checkDuration(n['duration'], problems);
      return { ...base, executor: raw.executor, vus, duration: n['duration'] ?? 0 };
    }
    case 'ramping-vus':
      return completeRampingVus(raw, base, problems);
    case 'constant-arrival-rate': {
      if (n['rate'] === undefined) problems.push("the iteration rate isn't specified");
      else if (n['rate'] <= 0) problems.push('the iteration rate must be more than 0');
      const timeUnit = readTimeUnit(raw, problems);
      checkDuration(n['duration'], problems);
      const pool = readPool(raw, problems);
      return { ...base, executor: raw.executor, rate: n['rate'] ?? 0, timeUnit, duration: n['duration'] ?? 0, ...pool };
    }
    case 'ramping-arrival-rate': {
      const startRate = n['startRate'] ?? 0;
      if (startRate < 0) problems.push("the startRate value can't be negative");
      const timeUnit = readTimeUnit(raw, problems);
      const stages = completeStages(raw.stages, problems);
      return { ...base, executor: raw.executor, startRate, timeUnit, stages, ...readPool(raw, problems) };
    }
    default:
      return raw.executor satisfies never;
  }
}

function checkBase(raw: RawScenario): string[] {
  const problems: string[] = [];
  if (!/^[0-9a-zA-Z_-]+$/.test(raw.name)) {
    problems.push('the scenario name should contain only numbers, latin letters, underscores, and dashes');
  }
  if (raw.exec === '') problems.push('exec value cannot be empty');
  if ((raw.startTime ?? 0) < 0) problems.push("the startTime can't be negative");
  if ((raw.gracefulStop ?? 0) < 0) problems.push("the gracefulStop timeout can't be negative");
  return problems;
}

function completeIterations(
  raw: RawScenario,
  executor: 'shared-iterations' | 'per-vu-iterations',
  base: BaseScenario,
  problems: string[],
): Scenario {
  const vus = raw.numbers['vus'] ?? 1;
  const iterations = raw.numbers['iterations'] ?? 1;
  const maxDuration = raw.numbers['maxDuration'] ?? DEFAULT_MAX_DURATION;
  if (vus <= 0) problems.push('the number of VUs must be more than 0');
  if (executor === 'shared-iterations' && iterations < vus) {
    problems.push(`the number of iterations (${iterations}) can't be less than the number of VUs (${vus})`);
  }
  if (executor === 'per-vu-iterations' && iterations <= 0) {
    problems.push('the number of iterations must be more than 0');
  }
  if (maxDuration < LEAST_DURATION) {
    problems.push(`the maxDuration must be at least 1s, but is ${formatDuration(maxDuration)}`);
  }
  return { ...base, executor, vus, iterations, maxDuration };
}

function completeRampingVus(raw: RawScenario, base: BaseScenario, problems: string[]): Scenario {
  const startVUs = raw.numbers['startVUs'] ?? 1;
  const targets = raw.stages.map((stage) => stage.target ?? 0);
  if (startVUs < 0) problems.push("the number of start VUs can't be negative");
  if (Math.max(startVUs, ...targets) <= 0) {
    problems.push("either startVUs or one of the stages' target values must be greater than 0");
  }
  const stages = completeStages(raw.stages, problems);
  if (startVUs > MOST_VUS) problems.push(`the startVUs exceed max limit of ${MOST_VUS}`);
  targets.forEach((target, index) => {
    if (target > MOST_VUS) problems.push(`target for stage ${index + 1} exceeds max limit of ${MOST_VUS}`);
  });
  const gracefulRampDown = raw.numbers['gracefulRampDown'] ?? DEFAULT_GRACEFUL_STOP;
  return { ...base, executor: 'ramping-vus', startVUs, stages, gracefulRampDown };
}

function completeStages(stages: readonly RawStage[], problems: string[]): Stage[] {
  if (stages.length === 0) problems.push('at least one stage has to be specified');
  return stages.map(({ duration, target }, index) => {
    const number = index + 1;
    if (duration === undefined) problems.push(`stage ${number} doesn't have a duration`);
    else if (duration < 0) problems.push(`the duration for stage ${number} can't be negative`);
    if (target === undefined) problems.push(`stage ${number} doesn't have a target`);
    else if (target < 0) problems.push(`the target for stage ${number} can't be negative`);
    return { duration: duration ?? 0, target: target ?? 0 };
  });
}

function checkDuration(duration: Milliseconds | undefined, problems: string[]): void {
  if (duration === undefined) problems.push('the duration is unspecified');
  else if (duration < LEAST_DURATION) {
    problems.push(`the duration must be at least 1s, but is ${formatDuration(duration)}`);
  }
}

function readTimeUnit(raw: RawScenario, problems: string[]): Milliseconds {
  const timeUnit = raw.numbers['timeUnit'] ?? 1000;
  if (timeUnit <= 0) problems.push('the timeUnit must be more than 0');
  return timeUnit;
}

function readPool(raw: RawScenario, problems: string[]): { preAllocatedVUs: number; maxVUs: number } {
  const preAllocatedVUs = raw.numbers['preAllocatedVUs'];
  const maxVUs = raw.numbers['maxVUs'];
  if (preAllocatedVUs === undefined) problems.push("the number of preAllocatedVUs isn't specified");
  else if (preAllocatedVUs < 0) problems.push("the number of preAllocatedVUs can't be negative");
  if (maxVUs !== undefined && maxVUs < (preAllocatedVUs ?? 0)) {
    problems.push("maxVUs can't be less than preAllocatedVUs");
  }
  return { preAllocatedVUs: preAllocatedVUs ?? 0, maxVUs: maxVUs ?? preAllocatedVUs ?? 0 };
}
