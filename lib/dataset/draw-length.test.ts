import { describe, expect, it } from 'vitest';
import type { LengthSpread } from '../config/length-type.ts';
import { createRandom } from '../shared/random.ts';
import { drawKind, drawLength } from './draw-length.ts';

const COUNT = 20_000;

function draw(spread: LengthSpread, bounds = { low: 1, high: 1e6 }): { mean: number; sd: number; values: number[] } {
  const random = createRandom(42);
  const values = Array.from({ length: COUNT }, () => drawLength(spread, random, bounds));
  const mean = values.reduce((sum, value) => sum + value, 0) / COUNT;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT);
  return { mean, sd, values };
}

describe('drawLength', () => {
  // By definition; the standard error of each mean is below 1 % of it here.
  it.each([
    ['uniform', [100, 300], 200, 58],
    ['normal', [512, 64], 512, 64],
    ['lognormal', [800, 400], 800, 400],
    ['exponential', [200], 200, 200],
  ] as const)('%s has its mean and standard deviation', (shape, parameters, mean, sd) => {
    const drawn = draw({ shape, parameters });
    expect(Math.abs(drawn.mean / mean - 1)).toBeLessThan(0.03);
    expect(Math.abs(drawn.sd / sd - 1)).toBeLessThan(0.06);
    expect(drawn.values.every(Number.isInteger)).toBe(true);
  });

  it('zipf halves with each doubling where the exponent is 2, and stays within its bounds', () => {
    const { values } = draw({ shape: 'zipf', parameters: [2, 16, 4096] });
    const within = (low: number, high: number): number => values.filter((v) => v >= low && v < high).length;
    // The integral of x^-2 from a to 2a is 1/(2a).
    expect(within(16, 32) / within(32, 64)).toBeCloseTo(2, 0);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(16);
    expect(Math.max(...values)).toBeLessThanOrEqual(4096);
    expect(draw({ shape: 'zipf', parameters: [1, 10, 10] }).values.every((value) => value === 10)).toBe(true);
  });

  it('keeps within the bounds of the run', () => {
    const { values } = draw({ shape: 'normal', parameters: [10, 50] }, { low: 4, high: 20 });
    expect(new Set([Math.min(...values), Math.max(...values)])).toEqual(new Set([4, 20]));
  });
});

it('drawKind takes kinds by their weights', () => {
  const kind = (weight: number) => ({ input: FIXED, output: FIXED, weight });
  const kinds = [kind(70), kind(30)];
  const random = createRandom(1);
  const drawn = Array.from({ length: COUNT }, () => drawKind(kinds, random));
  expect(drawn.filter((each) => each === kinds[0]).length / COUNT).toBeCloseTo(0.7, 1);
});

const FIXED: LengthSpread = { shape: 'fixed', parameters: [1] };
