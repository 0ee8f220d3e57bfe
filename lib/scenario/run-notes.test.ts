import { expect, it } from 'vitest';
import { describeWarmup } from './run-notes.ts';

it('a warm-up that is smaller than the load says what that means, where the load says how large it is', () => {
  expect(describeWarmup(0, 8)).toEqual([]);
  for (const inFlight of [null, 1, 2]) {
    expect(describeWarmup(2, inFlight)).toEqual(['2 warm-up requests came first, in none of these numbers.']);
  }
  expect(describeWarmup(1, 8)).toEqual([
    '1 warm-up request came first, in none of these numbers. The load has 8 in flight, so some first requests were measured cold.',
  ]);
});
