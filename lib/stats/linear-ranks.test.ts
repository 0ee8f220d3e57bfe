import { describe, expect, it } from 'vitest';
import { choosePercentile } from './percentile-rule.ts';

const percentileLinear = choosePercentile('linear');

describe('the linear rule', () => {
  it('interpolates as k6 does', () => {
    // k6 v2.2 prints p(66)=29.8 and p(99.9)=39.97 for a Trend of 10, 20, 30, 40.
    expect(percentileLinear([10, 20, 30, 40], 66)).toBeCloseTo(29.8, 10);
    expect(percentileLinear([10, 20, 30, 40], 99.9)).toBeCloseTo(39.97, 10);
  });

  it('interpolates as numpy does', () => {
    // numpy.percentile([1, 2, 4, 8, 16], 90) is 12.8: position 3.6, so 8 + 0.6 * 8.
    expect(percentileLinear([1, 2, 4, 8, 16], 90)).toBeCloseTo(12.8, 10);
  });

  it('gives the ends for 0 and 100, the middle for 50, and the only value always', () => {
    expect([0, 50, 100].map((percent) => percentileLinear([1, 5, 7], percent))).toEqual([1, 5, 7]);
    expect([0, 33, 100].map((percent) => percentileLinear([3], percent))).toEqual([3, 3, 3]);
    expect(percentileLinear([], 50)).toBeNull();
  });
});
