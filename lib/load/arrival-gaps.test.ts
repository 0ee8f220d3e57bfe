import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { createGaps } from './arrival-gaps.ts';

const COUNT = 50_000;

function draw(arrival: Parameters<typeof createGaps>[0], shape: number, seed: number): number[] {
  const gap = createGaps(arrival, shape, createRandom(seed));
  return Array.from({ length: COUNT }, gap);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('createGaps', () => {
  // Variance and fourth central moment over its square (kurtosis), of gaps with mean 1. Gamma: 1/b, 3 + 6/b. Exponential: gamma
  // with b = 1. Weibull k = 2 (Rayleigh): 4/π - 1, 3 - (6π² - 24π + 16)/(4 - π)². Weibull k = 0.5, the square of an
  // exponential: moments E[X^n] = (2n)!, mean 2, variance 20, kurtosis 87.72; over the mean: variance 5.
  it.each([
    ['poisson', 1, 1, 9],
    ['gamma', 1, 1, 9],
    ['gamma', 0.25, 4, 27],
    ['gamma', 3, 1 / 3, 5],
    ['weibull', 1, 1, 9],
    ['weibull', 2, 4 / Math.PI - 1, 3 - (6 * Math.PI ** 2 - 24 * Math.PI + 16) / (4 - Math.PI) ** 2],
    ['weibull', 0.5, 5, 87.72],
  ] as const)(
    '%s with shape %s has mean 1, variance %s and no autocorrelation',
    (arrival, shape, variance, kurtosis) => {
      for (const seed of [1, 2, 3]) {
        const gaps = draw(arrival, shape, seed);
        const average = mean(gaps);
        const squares = gaps.map((gap) => (gap - 1) ** 2);
        // Five standard errors: of the mean, of the variance, and of a correlation, which is 1/sqrt(n) for independent values.
        expect(Math.abs(average - 1)).toBeLessThan(5 * Math.sqrt(variance / COUNT));
        expect(Math.abs(mean(squares) - variance)).toBeLessThan(5 * variance * Math.sqrt((kurtosis - 1) / COUNT));
        for (const lag of [1, 2, 10]) {
          const products = gaps.slice(lag).map((gap, i) => (gap - average) * ((gaps[i] as number) - average));
          expect(Math.abs(mean(products) / variance)).toBeLessThan(5 / Math.sqrt(COUNT));
        }
      }
    },
  );

  it('has exponential gaps of the right shape, not only the right moments', () => {
    const gaps = draw('poisson', 1, 4);
    for (const x of [0.1, 0.7, 2, 4]) {
      const p = Math.exp(-x);
      const share = gaps.filter((gap) => gap > x).length / COUNT;
      expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / COUNT));
    }
  });

  it('is constant where there is no chance', () => {
    const first = (arrival: 'constant' | 'gamma' | 'weibull') =>
      createGaps(arrival, Number.POSITIVE_INFINITY, createRandom(1))();
    expect([first('constant'), first('gamma'), first('weibull')]).toEqual([1, 1, 1]);
  });

  it('stays finite at extreme shapes', () => {
    for (const arrival of ['gamma', 'weibull'] as const) {
      for (const shape of [0.01, 1000]) {
        const gap = createGaps(arrival, shape, createRandom(5));
        for (let i = 0; i < 1000; i++)
          expect(gap()).toSatisfy((value) => Number.isFinite(value) && (value as number) >= 0);
      }
    }
  });
});
