import { expect, it } from 'vitest';
import { longestLull } from './stages.ts';

const stages = (list: readonly (readonly [target: number, durationS: number])[]) =>
  list.map(([target, durationS]) => ({ target, durationS }));

it('finds the longest time without a user: what holds none, and the way up from there', () => {
  expect(longestLull([])).toBe(0);
  expect(
    longestLull(
      stages([
        [1, 30],
        [8, 60],
      ]),
    ),
  ).toBe(0);
  expect(
    longestLull(
      stages([
        [0, 20],
        [5, 60],
      ]),
    ),
  ).toBe(80);
  // The last user leaves at the end of the way down.
  expect(
    longestLull(
      stages([
        [5, 10],
        [0, 30],
        [0, 120],
        [2, 40],
        [2, 300],
        [0, 1],
        [1, 9],
      ]),
    ),
  ).toBe(160);
});
