import { expect, it } from 'vitest';
import { computeReaderWaits, computeStalled } from './stalls.ts';

it('an answer stalls where one gap is longer than the limit', () => {
  expect(computeStalled([20, 500, 20], 500)).toBe(0);
  expect(computeStalled([20, 500.1, 20], 500)).toBe(1);
  expect(computeStalled([], 500)).toBeNull();
});

it('a reader waits where what came so far is read before the next output comes', () => {
  // Two outputs at once give 300 ms to read, the third one after 290 ms is in time, after 310 ms is not.
  expect(computeReaderWaits([0, 290], 150)).toBe(0);
  expect(computeReaderWaits([0, 310], 150)).toBe(1);
  // Always at its pace: never late. A little slower: late at once.
  expect(computeReaderWaits([150, 150, 150], 150)).toBe(0);
  expect(computeReaderWaits([150, 150.5], 150)).toBe(1);
  // Later speed does not make up for a wait.
  expect(computeReaderWaits([200, 0, 0, 0], 150)).toBe(1);
  expect(computeReaderWaits([], 150)).toBeNull();
});
