import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureGaps } from './gaps.ts';

describe('measureGaps', () => {
  it('gives the gap before each time, from the start on, in whole microseconds', () => {
    const times = [100, 120.0004, 120.0004, 140.0011, 140.0018];
    expect(measureGaps(90, times, 150, 1000).gapsMs).toEqual([10, 20, 0, 20.001, 0.001]);
    expect(measureGaps(90, [], 150, 1000).gapsMs).toEqual([]);
  });

  it('rounds as Math.round does, for gaps of any length and in either direction', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (gap) => {
        // Adding 0 makes 0 of -0, which is the same gap.
        expect((measureGaps(0, [gap], 0, 1).gapsMs[0] ?? Number.NaN) + 0).toBe(Math.round(gap * 1000) / 1000 + 0);
      }),
    );
  });

  it('counts each step of the clock: before the first event, between two, and behind the last', () => {
    const limit = 1000;
    expect(measureGaps(100, [110, 120], 130, limit).clockSteps).toBe(0);
    expect(measureGaps(100, [90, 120], 130, limit).clockSteps).toBe(1);
    expect(measureGaps(100, [110, 105, 120], 130, limit).clockSteps).toBe(1);
    expect(measureGaps(100, [110, 120], 119, limit).clockSteps).toBe(1);
    expect(measureGaps(100, [], 99, limit).clockSteps).toBe(1);
    expect(measureGaps(100, [90, 80, 9e9], 8e9, limit).clockSteps).toBe(4);
  });

  it('takes a timeout that fires late for no step', () => {
    expect(measureGaps(0, [10, 5000], 11_000, 1000).clockSteps).toBe(0);
    expect(measureGaps(0, [10, 20_000], 20_001, 1000).clockSteps).toBe(1);
  });
});
