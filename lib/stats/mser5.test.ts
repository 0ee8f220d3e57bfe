import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTruncation } from './mser5.ts';

/** A series whose batch means are the given values. */
function batches(...means: number[]): number[] {
  return means.flatMap((value) => [value - 2, value - 1, value, value + 1, value + 2]);
}

describe('findTruncation', () => {
  it('takes the truncation with the smallest standard error, as computed by hand', () => {
    // z = 9 5 1 3 1 3 1 3 1 3. SS / (k-d)^2: d=0 56/100 = 0.56, d=1 16/81 = 0.198, d=2 8/64 = 0.125,
    // d=3 6.857/49 = 0.140, d=4 6/36 = 0.167, d=5 4.8/25 = 0.192: two batches of five are cut.
    expect(findTruncation(batches(9, 5, 1, 3, 1, 3, 1, 3, 1, 3))).toBe(10);
  });

  it('cuts nothing from equal values', () => {
    expect(findTruncation(new Array(60).fill(7))).toBe(0);
  });

  it('looks at whole batches only: values after the last one change nothing', () => {
    const series = batches(9, 5, 1, 3, 1, 3, 1, 3, 1, 3);
    expect(findTruncation([...series, 1000, 1000, 1000, 1000])).toBe(10);
  });

  it('gives up on a series that never settles', () => {
    expect(findTruncation(Array.from({ length: 100 }, (_, i) => i))).toBeNull();
  });

  it('gives up below ten batches', () => {
    expect(findTruncation(new Array(49).fill(1))).toBeNull();
  });

  it('finds the same truncation on any scale', () => {
    const whole = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 50, maxLength: 200 });
    fc.assert(
      fc.property(whole, (series) => {
        // A power of two changes no digit, so that ties stay ties.
        expect(findTruncation(series.map((value) => value * 4))).toBe(findTruncation(series));
      }),
    );
  });
});
