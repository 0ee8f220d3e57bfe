import { describe, expect, it } from 'vitest';
import { isLastIteration } from './last-iteration.ts';

/** Numbers of all instances that an instance has, as k6 deals them out: in every `lcd` of them those at its offsets. */
function deal(iterations: number, lcd: number, offsets: readonly number[]): number[] {
  return Array.from({ length: iterations }, (_, index) => index).filter((index) => offsets.includes(index % lcd));
}

/** Those of which it says that they are the last, from the tenth on. */
function lastOf(own: readonly number[], iterations: number): number[] {
  return own.filter(
    (iterationInTest, iterationInInstance) =>
      iterationInInstance >= 9 && isLastIteration({ iterationInTest, iterationInInstance }, iterations),
  );
}

describe('isLastIteration', () => {
  it('is true of the last of a whole run, and of none where time alone bounds it', () => {
    expect(lastOf(deal(31, 1, [0]), 31)).toEqual([30]);
    expect(isLastIteration({ iterationInTest: 30, iterationInInstance: 30 }, null)).toBe(false);
  });

  it('is true of the last of each of equal segments', () => {
    // 31 iterations over 0:1/3, 1/3:2/3 and 2/3:1 are 0, 3 … 30; 1, 4 … 28; 2, 5 … 29.
    expect([0, 1, 2].map((offset) => lastOf(deal(31, 3, [offset]), 31))).toEqual([[30], [28], [29]]);
    for (let n = 1; n <= 10; n++) {
      for (let iterations = 10 * n; iterations < 13 * n; iterations++) {
        for (let offset = 0; offset < n; offset++) {
          const own = deal(iterations, n, [offset]);
          expect(lastOf(own, iterations)).toEqual(own.slice(-1));
        }
      }
    }
  });

  it.each([
    ['2/3', 3, [0, 1]],
    ['2/5', 5, [0, 2]],
    ['2/5', 5, [1, 3]],
    ['3/4', 4, [1, 2, 3]],
    ['3/10', 10, [1, 4, 7]],
    ['1/20', 20, [19]],
  ] as const)('is never true of two of a share of %s', (_, lcd, offsets) => {
    for (let iterations = 1; iterations < 400; iterations++) {
      const own = deal(iterations, lcd, offsets);
      expect(own.slice(-1)).toEqual(expect.arrayContaining(lastOf(own, iterations)));
    }
  });
});
