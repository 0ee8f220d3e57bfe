import type { Milliseconds } from '../../shared/units.ts';
import type { RampingVusScenario, Scenario } from '../settings/scenarios.ts';

/** From `at` on, so many VUs. */
interface VuStep {
  readonly at: Milliseconds;
  readonly planned: number;
}

/** How many VUs a scenario needs when, graceful stops included, and how many more may be made on demand; times since its start. */
function requiredVus(scenario: Scenario): readonly (VuStep & { readonly unplanned?: number })[] {
  if (scenario.executor === 'ramping-vus') return gracefulSteps(scenario);
  const end = { at: regularDuration(scenario) + scenario.gracefulStop, planned: 0 };
  if ('vus' in scenario) return [{ at: 0, planned: scenario.vus }, end];
  const { preAllocatedVUs, maxVUs } = scenario;
  return [{ at: 0, planned: preAllocatedVUs, unplanned: maxVUs - preAllocatedVUs }, end];
}

/** How long a scenario starts iterations, graceful stop not included. */
export function regularDuration(scenario: Scenario): Milliseconds {
  if ('maxDuration' in scenario) return scenario.maxDuration;
  if ('duration' in scenario) return scenario.duration;
  return scenario.stages.reduce((sum, stage) => sum + stage.duration, 0);
}

/**
 * When a ramping scenario starts and stops VUs: k6's `getRawExecutionSteps`, for one instance.
 *
 * @param zeroEnd add a last step down to 0
 */
export function rampingSteps(scenario: RampingVusScenario, zeroEnd: boolean): VuStep[] {
  const steps: VuStep[] = [{ at: 0, planned: scenario.startVUs }];
  const add = (at: Milliseconds, planned: number): void => {
    if (steps.at(-1)!.planned !== planned) steps.push({ at, planned });
  };
  let from = scenario.startVUs;
  let end = 0;
  for (const { duration, target } of scenario.stages) {
    end += duration;
    const difference = target - from;
    if (duration === 0) add(end, target);
    // Going down, a VU stops when the next lower number is reached, so that each runs as long as its step.
    for (let vus = from; duration > 0 && vus > target; vus--) {
      add(end - (duration * (target - vus + 1)) / difference, vus - 1);
    }
    for (let vus = from + 1; duration > 0 && vus <= target; vus++) {
      add(end - (duration * (target - vus)) / difference, vus);
    }
    from = target;
  }
  if (zeroEnd && steps.at(-1)!.planned !== 0) steps.push({ at: end, planned: 0 });
  return steps;
}

/** The same with VUs kept for `gracefulRampDown` after they stop, and all for `gracefulStop` at the end. */
export function gracefulSteps(scenario: RampingVusScenario): VuStep[] {
  const end = regularDuration(scenario) + scenario.gracefulStop;
  const raw = rampingSteps(scenario, false);
  const steps = scenario.gracefulRampDown > 0 ? delayRampDowns(raw, scenario.gracefulRampDown, end) : raw;
  if (steps.at(-1)!.planned !== 0) steps.push({ at: end, planned: 0 });
  return steps;
}

/** k6's `reserveVUsForGracefulRampDowns`: a step down counts `period` later, unless as many VUs are needed again before. */
function delayRampDowns(raw: readonly VuStep[], period: Milliseconds, end: Milliseconds): VuStep[] {
  const steps: VuStep[] = [];
  let last = 0;
  for (let i = 0; i < raw.length; i++) {
    const step = raw[i]!;
    if (i === 0 || step.planned > last) {
      steps.push(step);
      last = step.planned;
      continue;
    }
    if (step.planned === last) continue;
    const at = step.at + period;
    const again = raw.findIndex((other, index) => index > i && other.at <= at && other.planned >= last);
    if (again > 0) {
      i = again - 1;
      continue;
    }
    if (at >= end) break;
    steps.push({ at, planned: step.planned });
    last = step.planned;
  }
  return steps;
}

/** The most VUs needed at one time over all scenarios: those to make before the start, and those that may come on demand. */
export function planVus(scenarios: readonly Scenario[]): { planned: number; possible: number } {
  const changes = scenarios
    .flatMap((scenario, index) =>
      requiredVus(scenario).map((step) => ({ ...step, at: step.at + scenario.startTime, index })),
    )
    .sort((a, b) => a.at - b.at || a.index - b.index);
  const current = scenarios.map(() => ({ planned: 0, unplanned: 0 }));
  let planned = 0;
  let possible = 0;
  for (const { index, planned: own, unplanned = 0 } of changes) {
    current[index] = { planned: own, unplanned };
    const sum = current.reduce((total, each) => total + each.planned, 0);
    const extra = current.reduce((total, each) => total + each.unplanned, 0);
    planned = Math.max(planned, sum);
    possible = Math.max(possible, sum + extra);
  }
  return { planned, possible };
}
