import { describe, expect, it } from 'vitest';
import { logNormal, simulateRun } from '../../bench/simulated-run.ts';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { createRandom } from '../shared/random.ts';
import { type ResampledRun, resampleRun } from '../stats/resample-run.ts';
import { collectRunData } from '../stats/run-data.ts';
import { type ComparedNumber, compareRuns } from './compare-runs.ts';

function run(seed: number, requests: number, scale = 1, replicates = 400): ResampledRun {
  const model = logNormal(0.5);
  const sample = simulateRun(
    (random) => {
      const draw = model(random);
      return () => scale * draw();
    },
    requests,
    createRandom(seed),
  );
  return resampleRun(sample, { seed, replicates, percentileRule: 'quick-start', percentiles: [50, 90, 99] });
}

function find(numbers: readonly ComparedNumber[], title: string): ComparedNumber {
  return numbers.find((number) => number.title === title) as ComparedNumber;
}

describe('compareRuns', () => {
  it('finds no difference of a run from itself, though resampled anew', () => {
    const sample = simulateRun(logNormal(0.5), 800, createRandom(1));
    const options = { replicates: 400, percentileRule: 'quick-start', percentiles: [50, 99] } as const;
    const numbers = compareRuns(
      resampleRun(sample, { ...options, seed: 1 }),
      resampleRun(sample, { ...options, seed: 2 }),
    );
    for (const number of numbers.filter(({ base }) => base !== null)) {
      expect(number.verdict, number.title).toBe('no difference shown');
      expect(number.difference?.value, number.title).toBe(0);
    }
  });

  it('turns better into worse, and the difference around, when the runs change places', () => {
    const [a, b] = [run(1, 800), run(2, 800, 1.5)];
    const [there, back] = [compareRuns(a, b), compareRuns(b, a)];
    const one = find(there, 'Latency, p90');
    const other = find(back, 'Latency, p90');
    expect([one.verdict, other.verdict]).toEqual(['worse', 'better']);
    expect(one.difference?.low).toBeCloseTo(-(other.difference?.high as number), 9);
    expect(one.difference?.high).toBeCloseTo(-(other.difference?.low as number), 9);
    // More requests per second are better, longer latencies are not.
    expect(find(there, 'Requests/s').verdict).toBe('worse');
  });

  it('says that answers have another length, which explains their latency', () => {
    const withTokens = (tokens: number): ResampledRun => {
      const records = Array.from({ length: 60 }, (_, index) =>
        exampleRecord({
          ...{ index, start_ms: index * 200, end_ms: index * 200 + 4 * tokens, latency_ms: 4 * tokens },
          output_tokens: tokens + (index % 3),
        }),
      );
      return resampleRun(collectRunData(records), {
        ...{ seed: 1, replicates: 200, percentileRule: 'quick-start', percentiles: [50] },
      });
    };
    // 30, 31, 32, … and 130, 131, 132, …: means of 31 and 131.
    const tokens = find(compareRuns(withTokens(30), withTokens(130)), 'Output tokens, mean');
    expect(tokens).toMatchObject({ base: 31, next: 131, verdict: 'changed' });
    expect(tokens.difference?.value).toBe(100);
  });

  it('has no value where one of the runs measured nothing, and no percentage of nothing', () => {
    const empty = resampleRun(simulateRun(logNormal(0.5), 0, createRandom(1)), {
      seed: 1,
      replicates: 10,
      percentileRule: 'quick-start',
      percentiles: [50, 90, 99],
    });
    const numbers = compareRuns(empty, run(1, 50));
    expect(find(numbers, 'Latency, mean')).toMatchObject({ base: null, difference: null, verdict: 'no value' });
    const zeros = run(1, 50, 0);
    expect(find(compareRuns(zeros, run(2, 50)), 'Latency, mean')).toMatchObject({
      base: 0,
      relative: null,
      verdict: 'worse',
    });
  });

  it('shows a difference where there is none about once in twenty times', () => {
    const titles = ['Latency, mean', 'Latency, p50', 'Latency, p90'];
    const shown = new Map(titles.map((title) => [title, 0]));
    for (let trial = 0; trial < 150; trial++) {
      const numbers = compareRuns(run(2 * trial + 1000, 120, 1, 200), run(2 * trial + 1001, 120, 1, 200));
      for (const title of titles) {
        const { verdict } = find(numbers, title);
        if (verdict === 'better' || verdict === 'worse') shown.set(title, (shown.get(title) ?? 0) + 1);
      }
    }
    // 150 trials at 5 %: 7.5 expected, standard deviation 2.7; fixed seeds.
    for (const title of titles) expect(shown.get(title), title).toBeLessThanOrEqual(15);
    expect([...shown.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(5);
  });
});
