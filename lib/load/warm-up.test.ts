import { expect, it } from 'vitest';
import { isOfWarmUp } from './warm-up.ts';

it.each([
  // The wall clock shows whole milliseconds: by it a load began up to 1 ms after its first request did.
  ['a first request before its load, without a warm-up', { requests: 0, durationMs: 0 }, 0, -0.4, false],
  ['the last of its requests', { requests: 3, durationMs: 0 }, 2, 900, true],
  ['the first after them', { requests: 3, durationMs: 0 }, 3, 1, false],
  ['a first request before its load, within its time', { requests: 0, durationMs: 500 }, 7, -0.4, true],
  ['a request within its time', { requests: 0, durationMs: 500 }, 7, 499.9, true],
  ['a request at its end', { requests: 0, durationMs: 500 }, 7, 500, false],
  ['one of its requests, after its time', { requests: 9, durationMs: 500 }, 8, 800, true],
])('%s', (_, warmUp, index, sinceBeginMs, expected) => {
  expect(isOfWarmUp(warmUp, index, sinceBeginMs)).toBe(expected);
});
