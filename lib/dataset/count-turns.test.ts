import { expect, it } from 'vitest';
import { sumTurns, turnsBefore } from './count-turns.ts';

it('counts the turns before a place, round the dataset', () => {
  const turn = { messages: [] };
  const sums = sumTurns([turn, { messages: [], next: [turn, turn] } as never, turn]);
  expect(sums).toEqual([0, 1, 4, 5]);
  // 1 + 3 + 1 a round.
  expect([0, 1, 2, 3, 4, 7].map((place) => turnsBefore(sums, place))).toEqual([0, 1, 4, 5, 6, 11]);
});
