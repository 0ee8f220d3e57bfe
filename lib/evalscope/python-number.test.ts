import { describe, expect, it } from 'vitest';
import { formatPythonFloat, roundPython } from './python-number.ts';

describe('roundPython', () => {
  // The right column was printed by CPython 3.11.
  it.each([
    [2.5, 0, 2],
    [1.5, 0, 2],
    [0.5, 0, 0],
    [-2.5, 0, -2],
    [0.125, 2, 0.12],
    [0.375, 2, 0.38],
    [2.675, 2, 2.67],
    [1.0005, 3, 1],
    [0.0005, 3, 0.001],
    [0.0078125, 6, 0.007812],
    [0.00003125, 7, 0.0000313],
    [1234.5, 0, 1234],
    [10.738783, 3, 10.739],
    [1e22, 2, 1e22],
    [5e-324, 3, 0],
  ])('rounds %d to %d digits as Python does', (x, digits, expected) => {
    expect(roundPython(x, digits)).toBe(expected);
  });

  it('leaves what is not finite alone', () => {
    expect([Number.NaN, Number.NEGATIVE_INFINITY].map((x) => roundPython(x, 3))).toEqual([
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ]);
  });
});

describe('formatPythonFloat', () => {
  // The right column was printed by CPython 3.11.
  it.each([
    [232, '232.0'],
    [10.74, '10.74'],
    [0.00309, '0.00309'],
    [3e-5, '3e-05'],
    [-3e-5, '-3e-05'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [1e-7, '1e-07'],
    [1.2345e-10, '1.2345e-10'],
    [1e15, '1000000000000000.0'],
    [9999999999999998, '9999999999999998.0'],
    [1e16, '1e+16'],
    [1.5e16, '1.5e+16'],
    [1.2345678901234568e17, '1.2345678901234568e+17'],
    [1e100, '1e+100'],
    [0, '0.0'],
    [-0, '-0.0'],
    [Number.NaN, 'nan'],
    [Number.POSITIVE_INFINITY, 'inf'],
  ])('prints %d as Python does', (x, expected) => {
    expect(formatPythonFloat(x)).toBe(expected);
  });
});
