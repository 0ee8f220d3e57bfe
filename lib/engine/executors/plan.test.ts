import { describe, expect, it } from 'vitest';
import type { ArrivalRateScenario, RampingVusScenario, Scenario } from '../settings/scenarios.ts';
import { readScriptOptions } from '../settings/script-options.ts';
import { arrivalTimes } from './arrival-times.ts';
import { gracefulSteps, planVus, rampingSteps } from './vu-steps.ts';

function scenarios(entries: object): readonly Scenario[] {
  return readScriptOptions({ scenarios: entries }, () => {}).scenarios;
}

function one<S extends Scenario>(entry: object): S {
  return scenarios({ a: entry })[0] as S;
}

function take(scenario: ArrivalRateScenario, count: number): number[] {
  const times: number[] = [];
  for (const time of arrivalTimes(scenario)) {
    if (times.push(time) === count) break;
  }
  return times;
}

describe('arrivalTimes', () => {
  it('spaces a constant rate evenly from 0', () => {
    const scenario = one<ArrivalRateScenario>({
      executor: 'constant-arrival-rate',
      rate: 3,
      timeUnit: '1s',
      duration: '1s',
      preAllocatedVUs: 1,
    });
    expect(take(scenario, 4)).toEqual([0, 333.333333, 666.666666, 999.999999]);
  });

  it('follows a ramp: the area under the rate reaches 1, 2, 3 at the times given', () => {
    const scenario = one<ArrivalRateScenario>({
      executor: 'ramping-arrival-rate',
      startRate: 0,
      preAllocatedVUs: 1,
      stages: [
        { target: 4, duration: '1s' },
        { target: 4, duration: '1s' },
      ],
    });
    // Area of the ramp is 2*t^2 (t in s): 1 at sqrt(0.5), 2 at 1; then 4 a second.
    const times = take(scenario, 99);
    [Math.sqrt(0.5) * 1000, 1000, 1250, 1500, 1750, 2000].forEach((expected, index) => {
      expect(times[index]).toBeCloseTo(expected, 6);
    });
    expect(times).toHaveLength(6);
  });
});

describe('ramping-vus steps', () => {
  const scenario = one<RampingVusScenario>({
    executor: 'ramping-vus',
    startVUs: 1,
    stages: [
      { target: 3, duration: '1s' },
      { target: 1, duration: '1s' },
    ],
    gracefulRampDown: '100ms',
    gracefulStop: '200ms',
  });

  it('start a VU when its number is reached and stop it when the next lower one is', () => {
    expect(rampingSteps(scenario, true).map(({ at, planned }) => [at, planned])).toEqual([
      [0, 1],
      [500, 2],
      [1000, 3],
      [1500, 2],
      [2000, 1],
      [2000, 0],
    ]);
  });

  it('keep a stopped VU for its ramp-down and all for the graceful stop', () => {
    expect(gracefulSteps(scenario).map(({ at, planned }) => [at, planned])).toEqual([
      [0, 1],
      [500, 2],
      [1000, 3],
      [1600, 2],
      [2100, 1],
      [2200, 0],
    ]);
  });

  it('skip a dip that ends within the ramp-down', () => {
    const dip = one<RampingVusScenario>({
      executor: 'ramping-vus',
      startVUs: 2,
      stages: [
        { target: 0, duration: '1s' },
        { target: 2, duration: '1s' },
      ],
    });
    expect(gracefulSteps(dip).map(({ at, planned }) => [at, planned])).toEqual([
      [0, 2],
      [32_000, 0],
    ]);
  });
});

describe('planVus', () => {
  it('adds scenarios that overlap and reuses VUs of those that do not', () => {
    const constant = { executor: 'constant-vus', vus: 3, duration: '1s', gracefulStop: '0s' };
    expect(planVus(scenarios({ a: constant, b: constant }))).toEqual({ planned: 6, possible: 6 });
    expect(planVus(scenarios({ a: constant, b: { ...constant, startTime: '2s' } }))).toEqual({
      planned: 3,
      possible: 3,
    });
  });

  it('counts VUs on demand apart', () => {
    const rate = { executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 2, maxVUs: 5 };
    expect(planVus(scenarios({ a: rate }))).toEqual({ planned: 2, possible: 5 });
  });
});
