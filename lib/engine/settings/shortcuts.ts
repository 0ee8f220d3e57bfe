import type { JsonObject } from '../../shared/json.ts';
import type { Milliseconds } from '../../shared/units.ts';
import { badConfiguration, readDuration, readInteger } from './fields.ts';
import { type RawScenario, type RawStage, readStages, type Scenario } from './scenarios.ts';

/**
 * Turns the top-level shortcuts (`vus`, `iterations`, `duration`, `stages`) into a scenario named `default`, as k6 does.
 *
 * @param scenarios what `options.scenarios` holds, null when it is not set
 * @throws {EngineError} 104 when two of them exclude each other
 */
export function deriveScenarios(
  options: JsonObject,
  scenarios: RawScenario[] | null,
  warn: (text: string) => void,
): readonly RawScenario[] {
  const vus = readInteger(options['vus'], 'vus');
  const iterations = readInteger(options['iterations'], 'iterations');
  const duration = readDuration(options['duration']);
  const stages = readStages(options['stages']).filter((stage) => stage.duration !== undefined);

  if (iterations !== undefined) {
    refuseBoth('iterations', 'stages', stages.length > 0);
    refuseBoth('iterations', 'scenarios', scenarios !== null);
    return [shortcut('shared-iterations', { vus, iterations, maxDuration: duration })];
  }
  if (duration !== undefined) {
    refuseBoth('duration', 'stages', stages.length > 0);
    refuseBoth('duration', 'scenarios', scenarios !== null);
    checkPositive(duration);
    return [shortcut('constant-vus', { vus, duration })];
  }
  if (stages.length > 0) {
    refuseBoth('stages', 'scenarios', scenarios !== null);
    return [shortcut('ramping-vus', { startVUs: vus }, stages)];
  }
  if (vus !== undefined) {
    if (scenarios) warn(`\`vus=${vus}\` overrides scenarios configuration`);
    return [shortcut('shared-iterations', { vus, iterations: vus })];
  }
  if (scenarios && scenarios.length > 0) return scenarios;
  if (scenarios) {
    warn('`scenarios` was explicitly set to an empty value, running the script with 1 iteration in 1 VU');
  }
  return [shortcut('per-vu-iterations', {})];
}

function shortcut(
  executor: Scenario['executor'],
  numbers: Readonly<Record<string, number | undefined>>,
  stages: readonly RawStage[] = [],
): RawScenario {
  return {
    name: 'default',
    executor,
    startTime: undefined,
    gracefulStop: undefined,
    env: {},
    exec: undefined,
    tags: {},
    numbers,
    stages,
  };
}

function refuseBoth(first: string, second: string, both: boolean): void {
  if (both) throw badConfiguration(`using \`${first}\` and \`${second}\` options simultaneously is not allowed`);
}

function checkPositive(duration: Milliseconds): void {
  if (duration > 0) return;
  throw badConfiguration(
    '`duration` option should be more than 0, for infinite duration use the externally-controlled executor',
  );
}
