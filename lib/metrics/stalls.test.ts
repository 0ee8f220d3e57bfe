import { expect, it } from 'vitest';
import { computeReaderWaits, computeStalled } from './stalls.ts';

it('an answer stalls where one gap is longer than the limit', () => {
  expect(computeStalled([20, 500, 20], 500)).toBe(0);
  expect(computeStalled([20, 500.1, 20], 500)).toBe(1);
  expect(computeStalled([], 500)).toBeNull();
});

it('a reader waits where what came so far is read before the next output comes', () => {
  // Two outputs at once give 300 ms to read, the third one after 290 ms is in time, after 310 ms is not.
  expect(computeReaderWaits([0, 290], 150, null)).toBe(0);
  expect(computeReaderWaits([0, 310], 150, null)).toBe(1);
  // Always at its pace: never late. A little slower: late at once.
  expect(computeReaderWaits([150, 150, 150], 150, null)).toBe(0);
  expect(computeReaderWaits([150, 150.5], 150, null)).toBe(1);
  // Later speed does not make up for a wait.
  expect(computeReaderWaits([200, 0, 0, 0], 150, null)).toBe(1);
  expect(computeReaderWaits([], 150, null)).toBeNull();
});

it('a reader takes longer for an output of several tokens', () => {
  // Ten tokens every 400 ms are 25 tokens/s; a reader of 5 words/s takes 6.7. Every 1600 ms they are 6.25.
  expect(computeReaderWaits([400, 400, 400], 150, 40)).toBe(0);
  expect(computeReaderWaits([1600, 1600, 1600], 150, 40)).toBe(1);
  // No output holds less than a token, whatever was counted.
  expect(computeReaderWaits([150, 150, 150], 150, 3)).toBe(0);
});
