import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNumberColumn } from './number-column.ts';

const microseconds = fc.integer({ min: 0, max: 2 ** 32 + 10 }).map((count) => Number((count / 1000).toFixed(3)));
const anyNumber = fc.oneof(
  microseconds,
  fc.constantFrom(Number.NaN, 0, -0, -1, 1 / 3, 4_294_967.294, 4_294_967.295, Number.POSITIVE_INFINITY),
  fc.double(),
);

describe('createNumberColumn', () => {
  it.each([
    ['whole microseconds', fc.oneof(microseconds, fc.constant(Number.NaN))],
    ['any numbers', anyNumber],
    ['numbers that are often the same', fc.constantFrom(0, 1, 1, 1 / 3, -0, Number.NaN)],
  ])('gives back %s to the last digit, and what was there before more came', (_, value) => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value), (first, second) => {
        const column = createNumberColumn();
        for (const number of first) column.push(number);
        const before = column.build();
        for (const number of second) column.push(number);
        expect([...before()]).toEqual(first);
        expect([...column.build()()]).toEqual([...first, ...second]);
      }),
    );
  });
});
