import { describe, expect, it } from 'vitest';
import { expandedInterval, varianceOf } from './confidence-interval.ts';
import { normalShareBelow, studentQuantile975 } from './student-quantile.ts';

describe('studentQuantile975', () => {
  // scipy 1.17: scipy.stats.t.ppf(.975, df)
  it.each([
    [4, 2.7764451051977934],
    [5, 2.5705818356363146],
    [9, 2.262157162798205],
    [29, 2.045229642132703],
    [1000, 1.9623390808264083],
  ])('is right to a thousandth with %d degrees of freedom', (degrees, expected) => {
    expect(Math.abs(studentQuantile975(degrees) - expected)).toBeLessThan(0.001);
  });

  it('is a tenth too small at two degrees, and stays there below', () => {
    // scipy: t.ppf(.975, 2) = 4.3027
    expect(Math.abs(studentQuantile975(2) - 4.302652729749462)).toBeLessThan(0.1);
    expect(studentQuantile975(0.5)).toBe(studentQuantile975(2));
  });
});

describe('normalShareBelow', () => {
  // scipy 1.17: scipy.stats.norm.cdf(x)
  it.each([
    [-3.1, 0.0009676032132183563],
    [-1.96, 0.024997895148220435],
    [0, 0.5],
    [0.5, 0.6914624612740131],
    [2, 0.9772498680518208],
  ])('is right to 2e-7 at %d', (value, expected) => {
    expect(Math.abs(normalShareBelow(value) - expected)).toBeLessThan(2e-7);
  });
});

describe('expandedInterval', () => {
  const replicates = Float64Array.from({ length: 10_001 }, (_, i) => 10_000 - i);

  it('is the plain percentile interval when there are many blocks', () => {
    const { low, high } = expandedInterval(replicates, 1e9);
    expect(low).toBeCloseTo(250, 0);
    expect(high).toBeCloseTo(9750, 0);
  });

  it('reaches further out for ten blocks', () => {
    // -sqrt(10/9) * t.ppf(.975, 9) = -2.3845; norm.cdf(-2.3845) = 0.008551 (scipy)
    const { low, high } = expandedInterval(replicates, 10);
    expect(low).toBeCloseTo(85.5, 0);
    expect(high).toBeCloseTo(9914.5, 0);
  });

  it('is a point for equal replicates', () => {
    expect(expandedInterval([3, 3, 3], 100)).toEqual({ low: 3, high: 3 });
  });
});

describe('varianceOf', () => {
  it('divides by n', () => {
    // numpy 2.4: np.var([2, 4, 4, 4, 5, 5, 7, 9]) = 4.0
    expect(varianceOf([2, 4, 4, 4, 5, 5, 7, 9])).toBe(4);
  });

  it('keeps small differences of large numbers apart', () => {
    expect(varianceOf([1e9, 1e9 + 1, 1e9 + 2])).toBeCloseTo(2 / 3, 10);
  });
});
