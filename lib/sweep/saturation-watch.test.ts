import { describe, expect, it } from 'vitest';
import { createSaturationWatch } from './saturation-watch.ts';

/** Requests every 100 ms of a service that takes so long for each, one after the other; the run's clock holds a second of setup. */
function watch(serviceMs: number, count = 600, warmups = 0): number[] {
  const starts = Array.from({ length: count }, (_, i) => 100 * (i + 1));
  const saidAt: number[] = [];
  let end = 0;
  const take = createSaturationWatch(starts, warmups, 10, () => saidAt.push(end));
  let free = 0;
  starts.forEach((start, index) => {
    const scheduled_ms = 1000 + start;
    const begin = Math.max(scheduled_ms, free);
    // Some noise, without which a slope is as sure as can be.
    free = begin + serviceMs * (index % 3 === 0 ? 1.1 : 0.95);
    end = free;
    if (index >= warmups)
      take({ index, scheduled_ms, late_ms: begin - scheduled_ms, ttft_ms: serviceMs / 2, end_ms: free });
  });
  return saidAt;
}

describe('createSaturationWatch', () => {
  it('says once that a service of 8/s falls behind 10/s, and nothing of one of 11/s', () => {
    const saidAt = watch(125);
    expect(saidAt).toHaveLength(1);
    // Within a minute of the first request, and not in the first 20 s.
    expect(saidAt[0]).toBeGreaterThan(21_000);
    expect(saidAt[0]).toBeLessThan(61_000);
    expect(watch(91)).toEqual([]);
  });

  it('leaves the warm-up out, which is not a request that never ended', () => {
    // 40 s of warm-up, then 60 s of which a minute tells.
    const saidAt = watch(125, 1000, 400);
    expect(saidAt).toHaveLength(1);
    expect(saidAt[0]).toBeGreaterThan(61_000);
    expect(saidAt[0]).toBeLessThan(101_000);
    expect(watch(91, 1000, 400)).toEqual([]);
  });

  it('takes no request without a schedule, or of none of its starts', () => {
    const take = createSaturationWatch([0, 100], 0, 10, () => expect.unreachable());
    take({ index: 0, scheduled_ms: null, late_ms: null, ttft_ms: null, end_ms: 1e6 });
    take({ index: 7, scheduled_ms: 5, late_ms: 0, ttft_ms: null, end_ms: 1e6 });
  });
});
