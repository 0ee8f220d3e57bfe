import { describe, expect, it } from 'vitest';
import { measurePairs, median, summarizeRatios } from './pairs.ts';

describe('measurePairs', () => {
  it('measures in turn', async () => {
    let calls = '';
    const measure = (name: string) => async () => {
      calls += name;
      return calls.length;
    };
    expect(await measurePairs(3, measure('a'), measure('b'))).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(calls).toBe('ababab');
  });
});

describe('summarizeRatios', () => {
  it('tells the middle and the spread, in whatever order', () => {
    expect(summarizeRatios([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, pairs: 3 });
    expect(summarizeRatios([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4, pairs: 4 });
    expect(median([7])).toBe(7);
  });
});
