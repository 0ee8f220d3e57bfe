import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundToSeconds } from '../../shared/units.ts';
import { formatSecondsList } from './seconds-list.ts';

const time = fc.oneof(
  fc.integer({ min: -2_000_000, max: 2 ** 40 }).map((microseconds) => microseconds / 1000),
  fc.double({ min: -1e9, max: 1e11, noNaN: true }),
  fc.constantFrom(0, -0, 0.0004, 0.001, 10, 1000, 999.9996, 1e13, 1e300),
);

describe('formatSecondsList', () => {
  it('writes what JSON.stringify writes of the rounded seconds', () => {
    fc.assert(
      fc.property(fc.array(time), (times) => {
        expect(formatSecondsList(times)).toBe(JSON.stringify(times.map(roundToSeconds)));
      }),
    );
  });

  it('writes long lists', () => {
    const times = Array.from({ length: 32_000 }, (_, i) => i * 20.123);
    expect(formatSecondsList(times)).toBe(JSON.stringify(times.map(roundToSeconds)));
  });
});
