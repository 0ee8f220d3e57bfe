import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBusiest, planStarts, type StartPlan } from './plan-starts.ts';

const PLAN: StartPlan = {
  ...{ rate: null, rateStages: null, ramp: null, times: null },
  ...{ arrival: 'poisson', shape: 1, seed: 42, number: null, durationS: null },
};

const plan = (parts: Partial<StartPlan>): number[] => planStarts({ ...PLAN, ...parts });

describe('planStarts', () => {
  it('puts starts of a constant rate a gap apart, the first a gap after the start, the last at number / rate', () => {
    expect(plan({ arrival: 'constant', rate: 2, number: 4 })).toEqual([500, 1000, 1500, 2000]);
    expect(plan({ arrival: 'constant', rate: 2, durationS: 2 })).toEqual([500, 1000, 1500]);
  });

  it('ends at number / rate whatever chance says, as evalscope and vLLM do, ascending', () => {
    const arrivals = fc.constantFrom('poisson', 'gamma', 'weibull', 'constant');
    const anything = [
      arrivals,
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0.1, max: 100, noNaN: true }),
    ] as const;
    fc.assert(
      fc.property(...anything, fc.integer(), (arrival, number, rate, seed) => {
        const times = plan({ arrival: arrival as 'gamma', shape: 0.5, number, rate, seed });
        expect(times).toHaveLength(number);
        expect(times.at(-1)).toBeCloseTo((number / rate) * 1000, 2);
        expect(times.every((time, i) => time >= (times[i - 1] ?? 0))).toBe(true);
      }),
    );
  });

  it('is the same for the same seed, and another one for another', () => {
    const times = plan({ rate: 5, number: 20 });
    expect(plan({ rate: 5, number: 20 })).toEqual(times);
    expect(plan({ rate: 5, number: 20, seed: 43 })).not.toEqual(times);
  });

  it('sends all at once at an infinite rate', () => {
    expect(plan({ rate: Number.POSITIVE_INFINITY, number: 3 })).toEqual([0, 0, 0]);
  });

  it('has as many starts within a duration as its rate says: a Poisson count, of variance its mean', () => {
    const counts = Array.from({ length: 400 }, (_, seed) => plan({ rate: 10, durationS: 10, seed }).length);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    // Mean 100, standard error 10/20; variance 100, standard error 100·sqrt(2/400): five of each.
    expect(Math.abs(mean - 100)).toBeLessThan(2.5);
    expect(Math.abs(variance - 100)).toBeLessThan(36);
  });

  it('has by far more within a duration where a Weibull shape is so small that its longest gaps seldom come', () => {
    const median = (shape: number): number => {
      const counts = Array.from(
        { length: 61 },
        (_, seed) => plan({ rate: 5, durationS: 60, arrival: 'weibull', shape, seed }).length,
      );
      return counts.sort((a, b) => a - b)[30] as number;
    };
    // 300 on average in the long run.
    expect(median(0.1)).toBeGreaterThan(600);
    expect(median(0.3)).toBeCloseTo(320, -2);
    // With a number the last one is due at number / rate all the same.
    const scaled = plan({ rate: 5, number: 300, arrival: 'weibull', shape: 0.1 });
    expect([scaled.length, scaled.at(-1)]).toEqual([300, 60_000]);
  });

  it('cuts a number of starts at the duration', () => {
    expect(plan({ arrival: 'constant', rate: 2, number: 10, durationS: 2 })).toEqual([500, 1000, 1500]);
  });

  it('follows stages: the first holds, the next go there in straight lines', () => {
    // Area: 2 in the first second, then from 2 to 6 in two seconds 2x + x²: 10 in all.
    const times = plan({
      arrival: 'constant',
      rateStages: [
        { target: 2, durationS: 1 },
        { target: 6, durationS: 2 },
      ],
    });
    const second = (area: number): number => (area <= 2 ? area / 2 : 1 + Math.sqrt(1 + (area - 2)) - 1);
    expect(times).toHaveLength(10);
    for (const [i, time] of times.entries()) expect(time).toBeCloseTo(second(i + 1) * 1000, 2);
  });

  it('takes a stage of no length as a step, and a rate of 0 as silence', () => {
    const times = plan({
      arrival: 'constant',
      rateStages: [
        { target: 0, durationS: 1 },
        { target: 4, durationS: 0 },
        { target: 4, durationS: 1 },
      ],
    });
    expect(times).toEqual([1250, 1500, 1750, 2000]);
  });

  it('has Poisson counts that follow the rate of each stage', () => {
    const stages = [
      { target: 10, durationS: 10 },
      { target: 30, durationS: 10 },
    ];
    const all = Array.from({ length: 300 }, (_, seed) => plan({ rateStages: stages, seed }));
    const count = (from: number, to: number): number =>
      all.reduce((sum, times) => sum + times.filter((time) => time >= from * 1000 && time < to * 1000).length, 0) / 300;
    // 50 in [0, 5); in [10, 15) the rate goes from 10 to 20: 75; in [15, 20) from 20 to 30: 125. Five standard errors each.
    expect(Math.abs(count(0, 5) - 50)).toBeLessThan(5 * Math.sqrt(50 / 300));
    expect(Math.abs(count(10, 15) - 75)).toBeLessThan(5 * Math.sqrt(75 / 300));
    expect(Math.abs(count(15, 20) - 125)).toBeLessThan(5 * Math.sqrt(125 / 300));
  });

  it("ramps from rate to rate by vLLM's formulas", () => {
    const gaps = (strategy: 'linear' | 'exponential'): number[] => {
      const times = plan({ arrival: 'constant', ramp: { strategy, start: 1, end: 4 }, number: 3 });
      return times.map((time, i) => time - (times[i - 1] ?? 0));
    };
    // Rates 1, 2.5, 4 and 1, 2, 4.
    expect(gaps('linear')).toEqual([1000, 400, 250]);
    expect(gaps('exponential')).toEqual([1000, 500, 250]);
  });

  it('takes recorded times as they are, up to the number and the duration', () => {
    const times = [0, 0.3, 0.3, 5];
    expect(plan({ times })).toEqual([0, 300, 300, 5000]);
    expect(plan({ times, number: 2 })).toEqual([0, 300]);
    expect(plan({ times, durationS: 5 })).toEqual([0, 300, 300]);
  });
});

describe('countBusiest', () => {
  it('finds the window with the most starts', () => {
    expect(countBusiest([0, 10, 90, 100, 105, 180, 300], 100)).toBe(4);
    expect(countBusiest([], 100)).toBe(0);
  });
});
