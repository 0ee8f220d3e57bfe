import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { choosePercentile, PERCENTILE_RULES } from './percentile-rule.ts';
import { createQuantileGrid } from './quantile-grid.ts';
import type { SlicedValues } from './sliced-values.ts';
import { createSortedValues, sortValues } from './sorted-values.ts';

const PERCENTS = [1, 25, 50, 90, 99];

function slicedBy(values: readonly number[], slices: number): SlicedValues {
  const list = Float64Array.from(values);
  const each: SlicedValues['each'] = (visit) => {
    for (let i = 0; i < list.length; i++) visit(list, i, i + 1, i % slices);
  };
  return { sorted: sortValues(list), requests: list.length, each };
}

/** The values as a resample has them, each as often as its slice comes. */
function repeat({ each }: SlicedValues, weights: Float64Array): Float64Array {
  const repeated: number[] = [];
  each((values, from, _, slice) => {
    for (let time = 0; time < (weights[slice] as number); time++) repeated.push(values[from] as number);
  });
  return Float64Array.from(repeated).sort();
}

const anyValues = fc.array(fc.integer({ min: -50, max: 5000 }), { minLength: 1, maxLength: 60 });
const anyRule = fc.constantFrom(...PERCENTILE_RULES);

describe('createQuantileGrid', () => {
  it('gives the percentiles of the tables, and those of a resample, to the digit for few values', () => {
    fc.assert(
      fc.property(anyValues, anyRule, fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }), (values, rule, counts) => {
        const sliced = slicedBy(values, 5);
        const weights = Float64Array.from(counts);
        const grid = createQuantileGrid(sliced, 5, rule, PERCENTS);
        const percentile = choosePercentile(rule);
        const sorted = Float64Array.from(values).sort();
        const resampled = repeat(sliced, weights);
        for (const percent of PERCENTS) {
          expect(grid.percentiles.get(percent)?.value).toBeCloseTo(percentile(sorted, percent) as number, 9);
          const expected = percentile(resampled, percent);
          if (expected === null) expect(grid.resample(percent, weights)).toBeNull();
          else expect(grid.resample(percent, weights)).toBeCloseTo(expected, 9);
        }
      }),
    );
  });

  it('gives exact percentiles of many values, and resampled ones to a quarter of a percent', () => {
    const random = createRandom(3);
    const values = Array.from({ length: 30_000 }, () => Math.exp(random.normal()));
    const sliced = slicedBy(values, 20);
    const weights = Float64Array.from({ length: 20 }, () => random.integer(0, 3));
    for (const rule of PERCENTILE_RULES) {
      const grid = createQuantileGrid(sliced, 20, rule, PERCENTS);
      const percentile = choosePercentile(rule);
      const sorted = Float64Array.from(values).sort();
      const resampled = repeat(sliced, weights);
      for (const percent of PERCENTS) {
        expect(grid.percentiles.get(percent)?.value).toBe(percentile(sorted, percent));
        const expected = percentile(resampled, percent) as number;
        expect(Math.abs((grid.resample(percent, weights) as number) / expected - 1)).toBeLessThan(0.0025);
      }
    }
  });

  it('invents no values between those of a coarse clock', () => {
    const sliced = slicedBy(
      Array.from({ length: 9000 }, (_, i) => (i < 4400 ? 10 : 20)),
      10,
    );
    const grid = createQuantileGrid(sliced, 10, 'quick-start', [50]);
    const random = createRandom(1);
    const seen = new Set<number | null>();
    for (let turn = 0; turn < 200; turn++) {
      seen.add(
        grid.resample(
          50,
          Float64Array.from({ length: 10 }, () => random.integer(0, 3)),
        ),
      );
    }
    expect([...seen].every((value) => value === 10 || value === 20)).toBe(true);
  });

  it('counts per slice what lies beyond a percentile, on the thinner side', () => {
    const sliced = slicedBy([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 2);
    const grid = createQuantileGrid(sliced, 2, 'quick-start', [10, 80]);
    // sorted[8] = 9: 9 lies in slice 0 (position 8), 10 in slice 1; sorted[1] = 2: 1 in slice 0, 2 in slice 1.
    expect(grid.percentiles.get(80)).toEqual({ value: 9, beyond: Float64Array.from([1, 1]) });
    expect(grid.percentiles.get(10)).toEqual({ value: 2, beyond: Float64Array.from([1, 1]) });
  });

  it('has no percentile without values', () => {
    const grid = createQuantileGrid(slicedBy([], 1), 1, 'quick-start', PERCENTS);
    expect(grid.percentiles.size).toBe(0);
    expect(grid.resample(50, new Float64Array([1]))).toBeNull();
  });

  it('counts on above 2^24, where a float of 32 bits stops', () => {
    const most = 2 ** 24;
    const values = new Float64Array(most + 300).fill(10);
    values.fill(20, most + 100);
    const each: SlicedValues['each'] = (visit) => visit(values, 0, values.length, 0);
    const sliced = { sorted: createSortedValues(values), requests: values.length, each };
    const grid = createQuantileGrid(sliced, 1, 'nearest-rank', [50]);
    expect(grid.perSlice[0]).toBe(most + 300);
    // 200 of 16,777,516 values are 20: the last 0.0012 %.
    const once = Float64Array.of(1);
    expect(grid.resample(99.9987, once)).toBe(10);
    expect(grid.resample(99.9989, once)).toBe(20);
  }, 60_000);
});
