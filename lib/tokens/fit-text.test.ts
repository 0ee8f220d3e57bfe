import { expect, it } from 'vitest';
import { type Counter, fitText } from './fit-text.ts';

/** Two tokens for a word of more than three letters. */
const count = (text: string): number => text.split(' ').reduce((sum, word) => sum + (word.length > 3 ? 2 : 1), 0);

/** Ids are letters. */
const counter: Counter = {
  count,
  encode: (text) => [...text].map((letter) => letter.charCodeAt(0)),
  decode: (ids) => String.fromCharCode(...ids),
};

it('fitText cuts and tops up until the count is right', () => {
  // Two words too many by the count go, which is one too many; the first words come again.
  expect(fitText('one two three four', 4, counter)).toBe('one two one two');
  expect(fitText('one two', 5, counter)).toBe('one two one two one');
  expect(fitText('one two', 2, counter)).toBe('one two');
});

it('fitText goes on with ids where no number of words is right, and gives up where those are not, either', () => {
  // 'three' is 2 tokens and 'three three' 4; one id more is 't', which is of the same word.
  expect(fitText('three', 3, counter)).toBeNull();
  // A token a letter: 8 letters of words of three are not to be had, so the last one is cut by ids.
  const letters: Counter = { ...counter, count: (text) => text.length };
  expect(fitText('abc def', 8, letters)).toBe('abc defa');
  expect(fitText('abc def', 5, letters)).toBe('abc d');
});
