import { expect, it } from 'vitest';
import { turnGapOf } from './planned-requests.ts';

it('gives users who start their turns evenly the time until the next', () => {
  // 5 users at 0.1/s: one turn of each every 50 s.
  expect(turnGapOf({ users: 5, rate: 0.1 })).toBe(50_000);
  expect(turnGapOf({ users: 5, rate: null })).toBeNull();
  expect(turnGapOf({ users: null, rate: 2 })).toBeNull();
});
