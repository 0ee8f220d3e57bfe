import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, findNearestName } from './nearest-name.ts';

describe('editDistance', () => {
  // Levenshtein's own measure; the first two are the textbook's.
  it.each([
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['', 'abc', 3],
    ['NUMBRE', 'NUMBER', 2],
  ])('from %s to %s is %i', (a, b, steps) => {
    expect(editDistance(a, b)).toBe(steps);
    expect(editDistance(b, a)).toBe(steps);
  });

  it('with a limit is the same up to it, and beyond it infinite', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 8 }), (a, b, most) => {
        const steps = editDistance(a, b);
        expect(editDistance(a, b, most)).toBe(steps <= most ? steps : Number.POSITIVE_INFINITY);
      }),
    );
  });
});

it('the nearest name is the first of several, and none that is far', () => {
  expect(findNearestName('paralel', ['number', 'parallel'])).toBe('parallel');
  expect(findNearestName('ab', ['ac', 'bb'])).toBe('ac');
  expect(findNearestName('zzzzzz', ['number', 'parallel'])).toBeNull();
});
