import { describe, expect, it } from 'vitest';
import { configOf } from '../../../tests/support/run-config.ts';
import { createStallWatch, planStallLimits } from './stall-watch.ts';

describe('planStallLimits', () => {
  const limits = (settings: Readonly<Record<string, string>>, longestWaitMs = 0) =>
    planStallLimits(
      configOf({ NO_TEST_CONNECTION: 'true', TOTAL_TIMEOUT: '20', ...settings }),
      longestWaitMs,
      Date.parse('2099-01-01T00:00:00Z'),
    );

  it('are what a request may take and 30 s more, and what comes before it', () => {
    expect(limits({})).toEqual({ firstMs: 50_000, nextMs: 50_000 });
    expect(limits({}, 7000)).toEqual({ firstMs: 57_000, nextMs: 57_000 });
    // Of two users the second begins after half of the ramp.
    expect(limits({ RAMP_UP: '1h', PARALLEL: '2' }).nextMs).toBe(3_650_000);
  });

  it('leave the time until --start-at', () => {
    expect(limits({ RATE: '1', START_AT: '2099-01-01T01:00:00Z' })).toEqual({ firstMs: 3_650_000, nextMs: 50_000 });
  });
});

describe('createStallWatch', () => {
  /** Asks with so many ended requests at such a time; the first request has 60 s, the others 10. */
  const ask = (looks: readonly (readonly [seconds: number, ended: number])[]): (number | null)[] => {
    let time = 0;
    const watch = createStallWatch({ firstMs: 60_000, nextMs: 10_000 }, () => time);
    return looks.map(([seconds, ended]) => {
      time = seconds * 1000;
      return watch(ended);
    });
  };

  it('tells when no request has ended at all', () => {
    expect(
      ask([
        [1, 0],
        [60, 0],
        [61, 0],
      ]),
    ).toEqual([null, null, 61_000]);
  });

  it('counts from the last request that ended', () => {
    expect(
      ask([
        [59, 1],
        [69, 1],
        [70, 1],
      ]),
    ).toEqual([null, null, 11_000]);
    expect(
      ask([
        [59, 1],
        [69, 2],
        [70, 2],
      ]),
    ).toEqual([null, null, null]);
  });
});
