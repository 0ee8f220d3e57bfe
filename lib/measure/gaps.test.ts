import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureGaps } from './gaps.ts';

describe('measureGaps', () => {
  it('gives the gap before each time, from the start on, in whole microseconds', () => {
    const times = [100, 120.0004, 120.0004, 140.0011, 140.0018];
    expect(measureGaps(90, times, 150, 1000).gapsMs).toEqual([10, 20, 0, 20.001, 0.001]);
    expect(measureGaps(90, [], 150, 1000).gapsMs).toEqual([]);
  });

  it('rounds the gaps of a clock of nanoseconds as Math.round does, and counts as steps those that then are negative', () => {
    const nanoseconds = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 1e12 }));
    fc.assert(
      fc.property(
        nanoseconds,
        fc.array(nanoseconds, { minLength: 1, maxLength: 5 }),
        nanoseconds,
        (...[start, events, end]) => {
          const times = [start, ...events, end].map((time) => time / 1e6);
          const rounded = times.slice(1).map((time, i) => Math.round((time - (times[i] ?? Number.NaN)) * 1000) / 1000);
          const gaps = measureGaps(times[0] ?? Number.NaN, times.slice(1, -1), times.at(-1) ?? Number.NaN, 1e9);
          // Adding 0 makes 0 of -0, which is the same gap.
          expect(gaps.gapsMs.map((gap) => gap + 0)).toEqual(rounded.slice(0, -1).map((gap) => gap + 0));
          expect(gaps.clockSteps).toBe(rounded.filter((gap) => gap < 0).length);
        },
      ),
    );
  });

  it.each([
    [-0.0005000000000000001, -0.001, 1],
    [-0.0014, -0.001, 1],
    [-0.0004, 0, 0],
    [0.0004, 0, 0],
    [0.0005, 0.001, 0],
  ])('makes of a gap of %s ms one of %s ms, and %s steps', (gap, rounded, steps) => {
    const { gapsMs, clockSteps } = measureGaps(100, [100 + gap, 150], 160, 1000);
    expect((gapsMs[0] ?? Number.NaN) + 0).toBe(rounded);
    expect(clockSteps).toBe(steps);
  });

  it('counts each step of the clock: before the first event, between two, and after the last', () => {
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
