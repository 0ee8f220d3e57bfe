import { describe, expect, it } from 'vitest';
import { isCoalesced } from '../metrics/coalesced.ts';
import { computeRate } from '../metrics/rate.ts';
import { divide } from '../shared/divide.ts';
import { choosePercentile } from './percentile-rule.ts';
import { sortValues } from './sorted-values.ts';
import { computeTimeTaken } from './time-taken.ts';

describe('computeTimeTaken', () => {
  it('is the last end minus the first start', () => {
    expect(computeTimeTaken(12.5, 10_751.5)).toBe(10_739);
  });

  it('has no value when nothing was finished', () => {
    expect(computeTimeTaken(null, null)).toBeNull();
  });
});

describe('computeRate', () => {
  it('gives the throughput of the quick start: 3480 tokens in 10.73878 s', () => {
    expect(computeRate(3480, 10_738.78)).toBeCloseTo(324.059, 3);
  });

  it('has no value without a count, and where no time passed', () => {
    expect([computeRate(null, 1), computeRate(1, null), computeRate(1, 0), computeRate(1, -1)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('coalesced gaps', () => {
  it('are those under 0.05 ms, negative ones among them', () => {
    expect([-0.1, 0, 0.049, 0.05, 3].map(isCoalesced)).toEqual([true, true, true, false, false]);
  });
});

describe('divide', () => {
  it('has no value of nothing, and of what nobody knows', () => {
    expect([divide(3, 12), divide(0, 0), divide(3, null), divide(null, 12)]).toEqual([0.25, null, null, null]);
  });
});

describe('mean', () => {
  it('is the sum over the number of values', () => {
    expect(sortValues(Float64Array.of(0.61, 0.41, 0.49)).mean()).toBeCloseTo(0.503333, 6);
  });

  it('has no value without values', () => {
    expect(sortValues(Float64Array.of(Number.NaN)).mean()).toBeNull();
  });
});

describe('choosePercentile', () => {
  it('knows evalscope’s rule and the linear one', () => {
    expect(choosePercentile('quick-start')([1, 2], 50)).toBe(2);
    expect(choosePercentile('linear')([1, 2], 50)).toBe(1.5);
  });
});
