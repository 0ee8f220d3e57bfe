import { expect, it } from 'vitest';
import { fitText } from './fit-text.ts';

/** Two tokens for a word of more than three letters. */
const count = (text: string): number => text.split(' ').reduce((sum, word) => sum + (word.length > 3 ? 2 : 1), 0);

it('fitText cuts and tops up until the count is right', () => {
  // Two words too many by the count go, which is one too many; the first words come again.
  expect(fitText('one two three four', 4, count)).toBe('one two one two');
  expect(fitText('one two', 5, count)).toBe('one two one two one');
  expect(fitText('one two', 2, count)).toBe('one two');
});

it('fitText gives up where no number of words is right', () => {
  expect(fitText('three', 3, count)).toBeNull();
});
