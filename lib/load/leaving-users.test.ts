import { describe, expect, it } from 'vitest';
import { isLeaving } from './leaving-users.ts';

const INDICES = [...Array(20_000).keys()];

describe('isLeaving', () => {
  it('chooses a share near the rate: within four standard deviations of a binomial', () => {
    for (const rate of [0.01, 0.1, 0.5, 0.9]) {
      const chosen = INDICES.filter((index) => isLeaving(index, 42, rate)).length;
      const deviation = Math.sqrt(INDICES.length * rate * (1 - rate));
      expect(Math.abs(chosen - INDICES.length * rate)).toBeLessThan(4 * deviation);
    }
  });

  it('chooses none at 0 and all at 1', () => {
    expect(INDICES.filter((index) => isLeaving(index, 7, 0))).toEqual([]);
    expect(INDICES.filter((index) => !isLeaving(index, 7, 1))).toEqual([]);
  });

  it('chooses the same for the same seed, others for another, and each request for itself', () => {
    const choose = (seed: number): boolean[] => INDICES.map((index) => isLeaving(index, seed, 0.5));
    expect(choose(1)).toEqual(choose(1));
    const [a, b] = [choose(1), choose(2)];
    const same = (other: readonly boolean[]): number => INDICES.filter((index) => a[index] === other[index]).length;
    // Half of 20,000 fair coins, standard deviation 71.
    expect(Math.abs(same(b) - 10_000)).toBeLessThan(300);
    expect(Math.abs(same([...a.slice(1), false]) - 10_000)).toBeLessThan(300);
  });
});
