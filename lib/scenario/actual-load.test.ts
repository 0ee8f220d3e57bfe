import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import type { RunConfig } from '../config/parameters.ts';
import { readActualLoad, withActualLoad } from './actual-load.ts';
import { buildOptions } from './build-options.ts';
import { planLoad } from './plan-load.ts';

function planned(settings: Readonly<Record<string, string>>): unknown {
  const { config } = loadConfig({ MODEL: 'm', ...settings }, () => '');
  return buildOptions(config as RunConfig, planLoad(config as RunConfig, 20, null), {}).scenarios;
}

/** `exec.test.options.scenarios` of k6 2.2, as `k6 run FLAGS` shows it. */
const DEFAULT = { startTime: null, gracefulStop: null, env: null, exec: null, tags: null };
const RAN = {
  '--vus 3 --iterations 9': {
    default: { ...DEFAULT, executor: 'shared-iterations', vus: 3, iterations: 9, maxDuration: null },
  },
  '-u 3 -d 1s': { default: { ...DEFAULT, executor: 'constant-vus', vus: 3, duration: '1s' } },
  '--stage 1s:3,2s:5': {
    default: {
      ...DEFAULT,
      executor: 'ramping-vus',
      startVUs: null,
      stages: [
        { duration: '1s', target: 3 },
        { duration: '2s', target: 5 },
      ],
      gracefulRampDown: null,
    },
  },
};

describe('readActualLoad', () => {
  it('finds nothing changed where k6 ran what the bundle planned, with durations in its own spelling', () => {
    const counted = {
      openqa: { ...DEFAULT, executor: 'shared-iterations', vus: 2, iterations: 6, maxDuration: '90m0s' },
    };
    expect(readActualLoad(counted, planned({ PARALLEL: '2', NUMBER: '6' }))).toEqual({
      concurrency: 2,
      iterations: 6,
      durationS: null,
      change: null,
    });
    const timed = { openqa: { ...DEFAULT, executor: 'constant-vus', vus: 2, duration: '1m30s' } };
    expect(readActualLoad(timed, planned({ PARALLEL: '2', DURATION: '90' }))).toMatchObject({
      durationS: 90,
      change: null,
    });
  });

  it('tells what flags of k6 ran in place of it', () => {
    const plan = planned({ NUMBER: '6' });
    expect(readActualLoad(RAN['--vus 3 --iterations 9'], plan)).toEqual({
      concurrency: 3,
      iterations: 9,
      durationS: null,
      change: '3 VUs, 9 iterations',
    });
    expect(readActualLoad(RAN['-u 3 -d 1s'], plan)).toMatchObject({ concurrency: 3, change: '3 VUs, 1 s' });
    expect(readActualLoad(RAN['--stage 1s:3,2s:5'], plan)).toMatchObject({ concurrency: 5, change: '5 VUs, 3 s' });
  });

  it('counts the iterations of every VU where each has its own', () => {
    const ran = { x: { executor: 'per-vu-iterations', vus: '3', iterations: 4 } };
    expect(readActualLoad(ran, planned({}))).toMatchObject({ concurrency: 3, iterations: 12 });
  });

  it('knows no number where it cannot: arrival rates, several scenarios, options of another form', () => {
    const rate = { x: { executor: 'constant-arrival-rate', rate: 5, preAllocatedVUs: 9, duration: '10s' } };
    expect(readActualLoad(rate, planned({}))).toMatchObject({
      concurrency: null,
      iterations: null,
      change: 'constant-arrival-rate, 10 s',
    });
    const two = { ...RAN['--vus 3 --iterations 9'], other: { executor: 'constant-vus', vus: 1, duration: '1s' } };
    for (const ran of [two, null, undefined, 'x', {}, { a: 1 }]) {
      const load = readActualLoad(ran, planned({}));
      expect([load.concurrency, load.iterations]).toEqual([null, null]);
      expect(load.change).not.toBeNull();
    }
  });
});

describe('withActualLoad', () => {
  const args = { model: 'm', parallel: 1, number: 6, duration: null, expected_requests: 6 };

  it('leaves a configuration as it is where the load is as planned', () => {
    const load = { concurrency: 1, iterations: 6, durationS: null, change: null };
    expect(withActualLoad(args, load, 0)).toBe(args);
  });

  it('writes down what ran, warm-up requests taken off', () => {
    const load = { concurrency: 3, iterations: 9, durationS: null, change: '3 VUs, 9 iterations' };
    expect(withActualLoad(args, load, 2)).toEqual({
      model: 'm',
      parallel: 3,
      number: 7,
      duration: null,
      expected_requests: 7,
      load_change: '3 VUs, 9 iterations',
    });
  });
});
