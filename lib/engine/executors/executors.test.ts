import { describe, expect, it } from 'vitest';
import { lines, runScript } from '../../../tests/support/engine/run-script.ts';

/** Runs scenarios whose iterations note their number and last `seconds`. */
async function run(scenarios: object, seconds = 0.05) {
  const result = await runScript(`
    import { sleep } from 'k6'; import exec from 'k6/execution'; import { Counter, Gauge } from 'k6/metrics';
    const begun = new Counter('begun'), most = new Gauge('most');
    export const options = { scenarios: ${JSON.stringify(scenarios)} };
    export default async function () {
      begun.add(1); most.add(exec.instance.vusActive);
      console.log(exec.scenario.name + ' ' + exec.scenario.iterationInTest + ' ' + exec.vu.idInTest);
      await sleep(${seconds});
    }
    export function handleSummary() { return { stdout: '' }; }
  `);
  const value = (metric: string, field = 'count'): number => result.data.metrics[metric]?.values[field] ?? 0;
  const seen = lines(result)
    .map((line) => line.split(' '))
    .filter((words) => words.length === 3);
  return {
    result,
    begun: value('begun'),
    done: value('iterations'),
    dropped: value('dropped_iterations'),
    most: value('most', 'max'),
    numbers: seen.map((words) => Number(words[1])),
    vus: new Set(seen.map((words) => words[2])).size,
    scenarios: seen.map((words) => words[0]),
  };
}

const upTo = (count: number): number[] => [...Array(count).keys()];

describe.concurrent('shared-iterations', () => {
  it('runs each number once, on all VUs', async () => {
    const { numbers, done, dropped, vus } = await run({ a: { executor: 'shared-iterations', vus: 3, iterations: 10 } });
    expect(numbers).toEqual(upTo(10));
    expect([done, dropped, vus]).toEqual([10, 0, 3]);
  });

  it('drops what does not start within maxDuration; what runs finishes within gracefulStop', async () => {
    const { begun, done, dropped } = await run(
      { a: { executor: 'shared-iterations', vus: 2, iterations: 100, maxDuration: '1s' } },
      0.4,
    );
    expect(done).toBe(begun);
    expect(begun + dropped).toBe(100);
    // Two VUs, starting at 0, 0.4 and 0.8 s.
    expect(begun).toBe(6);
  });

  it('cuts iterations without a graceful stop: they are neither done nor dropped', async () => {
    const { begun, done, dropped } = await run(
      { a: { executor: 'shared-iterations', vus: 2, iterations: 100, maxDuration: '1s', gracefulStop: '0s' } },
      0.4,
    );
    expect([begun, done, dropped]).toEqual([6, 4, 94]);
  });
});

describe.concurrent('per-vu-iterations', () => {
  it('runs so many on each VU and drops the rest', async () => {
    const all = await run({ a: { executor: 'per-vu-iterations', vus: 3, iterations: 4 } });
    expect([all.done, all.dropped, all.vus]).toEqual([12, 0, 3]);
    expect(all.numbers.sort((a, b) => a - b)).toEqual(upTo(12));
    const some = await run({ a: { executor: 'per-vu-iterations', vus: 2, iterations: 10, maxDuration: '1s' } }, 0.4);
    expect([some.done, some.dropped]).toEqual([6, 14]);
  });
});

describe.concurrent('constant-vus', () => {
  it('loops for its duration, then lets iterations finish', async () => {
    const { begun, done, most, vus } = await run({ a: { executor: 'constant-vus', vus: 2, duration: '1s' } }, 0.4);
    expect([begun, done, most, vus]).toEqual([6, 6, 2, 2]);
  });

  it('ends though iterations never wait for anything', async () => {
    const result = await runScript(`
      export const options = { vus: 2, duration: '1s' };
      export default function () {}
      export function handleSummary() { return { stdout: '' }; }`);
    expect(result.exitCode).toBe(0);
    // A timer of Node may fire a part of a millisecond before its time.
    expect(result.data.state.testRunDurationMs).toBeGreaterThan(990);
    expect(result.data.metrics['vus_max']?.values['value'] ?? 2).toBe(2);
  });
});

describe.concurrent('ramping-vus', () => {
  it('adds and takes away VUs as the stages say', async () => {
    const { begun, done, most, vus } = await run(
      {
        a: {
          executor: 'ramping-vus',
          startVUs: 1,
          stages: [
            { target: 3, duration: '600ms' },
            { target: 0, duration: '600ms' },
          ],
        },
      },
      0.1,
    );
    expect(most).toBe(3);
    expect(vus).toBe(3);
    expect(done).toBe(begun);
    // Area under the steps in VU seconds over 0.1 s: VU 1 1.2 s, VU 2 0.7 s, VU 3 0.2 s, each rounded up by its last iteration.
    expect(begun).toBeGreaterThanOrEqual(18);
    expect(begun).toBeLessThanOrEqual(25);
  });

  it('stops what does not finish within the ramp-down and the graceful stop', async () => {
    const { begun, done } = await run(
      {
        a: {
          executor: 'ramping-vus',
          startVUs: 2,
          stages: [{ target: 2, duration: '1s' }],
          gracefulRampDown: '0s',
          gracefulStop: '0s',
        },
      },
      0.4,
    );
    expect([begun, done]).toEqual([6, 4]);
  });
});

describe.concurrent('arrival rates', () => {
  it('start iterations at the constant rate, both ends included, whatever they last', async () => {
    const { begun, done, dropped, numbers } = await run(
      { a: { executor: 'constant-arrival-rate', rate: 10, duration: '1s', preAllocatedVUs: 11 } },
      0.5,
    );
    expect([begun, done, dropped]).toEqual([11, 11, 0]);
    expect(numbers).toEqual(upTo(11));
  });

  it('drop what finds no free VU, once with a warning', async () => {
    const { begun, dropped, result } = await run(
      { a: { executor: 'constant-arrival-rate', rate: 10, duration: '1s', preAllocatedVUs: 2 } },
      1.3,
    );
    expect([begun, dropped]).toEqual([2, 9]);
    expect(result.stderr.match(/Insufficient VUs, reached 2 active VUs and cannot initialize more/g)).toHaveLength(1);
  });

  it('make more VUs when they are needed, up to maxVUs', async () => {
    const { vus, dropped } = await run(
      {
        a: {
          executor: 'constant-arrival-rate',
          rate: 10,
          duration: '1s',
          preAllocatedVUs: 1,
          maxVUs: 3,
        },
      },
      1.3,
    );
    expect(vus).toBe(3);
    expect(dropped).toBe(8);
  });

  it('follow a ramp', async () => {
    const { begun, dropped } = await run({
      a: {
        executor: 'ramping-arrival-rate',
        startRate: 10,
        preAllocatedVUs: 10,
        stages: [
          { target: 30, duration: '500ms' },
          { target: 30, duration: '500ms' },
        ],
      },
    });
    // Area under the rate: 0.5 s at 20/s on average, 0.5 s at 30/s.
    expect([begun, dropped]).toEqual([25, 0]);
  });
});

describe.concurrent('several scenarios', () => {
  it('run side by side and from their start times, each with its own numbers', async () => {
    const { scenarios, numbers, result } = await run({
      a: { executor: 'shared-iterations', vus: 2, iterations: 4 },
      b: { executor: 'per-vu-iterations', vus: 1, iterations: 2, startTime: '300ms' },
    });
    expect(scenarios).toEqual(['a', 'a', 'a', 'a', 'b', 'b']);
    expect(numbers).toEqual([0, 1, 2, 3, 0, 1]);
    // The second scenario gets the VUs that the first gives back only when their planned times do not overlap.
    expect(result.exitCode).toBe(0);
  });
});
