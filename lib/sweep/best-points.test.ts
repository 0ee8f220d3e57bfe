import { describe, expect, it } from 'vitest';
import { examplePoint } from '../../tests/fixtures/example-points.ts';
import { OPEN_LOOP } from '../../tests/fixtures/example-summary.ts';
import { findBestPoints } from './best-points.ts';

const at = (parallel: number, output_tokens_per_s: number | null, latency_avg_ms: number) =>
  examplePoint(parallel, { output_tokens_per_s, latency_avg_ms });

describe('findBestPoints', () => {
  it('finds most tokens per second and the lowest mean latency, whatever the order', () => {
    const best = findBestPoints([at(16, 900, 800), at(1, 100, 300), at(64, 850, 3000)]);
    expect(best.throughput?.parallel).toBe(16);
    expect(best.latency?.parallel).toBe(1);
  });

  it('prefers the smaller concurrency of equal ones', () => {
    const best = findBestPoints([at(64, 900, 300), at(16, 900, 300)]);
    expect([best.throughput?.parallel, best.latency?.parallel]).toEqual([16, 16]);
  });

  it('goes by requests where no tokens are known', () => {
    const without = { output_tokens_per_s: null };
    const best = findBestPoints([
      examplePoint(1, { ...without, requests_per_s: 2 }),
      examplePoint(4, { ...without, requests_per_s: 7 }),
    ]);
    expect(best.throughput?.parallel).toBe(4);
  });

  it('takes the largest concurrency that meets the thresholds', () => {
    const meeting = (parallel: number, meets_thresholds: boolean | null) =>
      examplePoint(parallel, {}, { meets_thresholds });
    expect(findBestPoints([meeting(1, true), meeting(4, true), meeting(16, false)]).thresholds?.parallel).toBe(4);
    expect(findBestPoints([meeting(1, false), meeting(4, null)]).thresholds).toBeNull();
  });

  it('has no load whose rate was not reached, or that the service fell behind', () => {
    const rate = (scheduled_per_s: number, achieved_per_s: number, over_saturated = false) =>
      examplePoint(
        1,
        { open_loop: { ...OPEN_LOOP, scheduled_per_s, achieved_per_s } },
        { varies: 'rate', rate: scheduled_per_s, meets_thresholds: true, over_saturated },
      );
    const best = findBestPoints([rate(4, 4), rate(8, 7.9), rate(16, 15), rate(32, 32, true)]);
    expect(best.thresholds?.rate).toBe(8);
  });

  it('passes over points without a completed request', () => {
    const nothing = examplePoint(64, { completed_requests: 0, output_tokens_per_s: null, latency_avg_ms: null });
    expect(findBestPoints([nothing])).toEqual({ throughput: null, latency: null, thresholds: null });
    expect(findBestPoints([nothing, at(1, 100, 300)]).throughput?.parallel).toBe(1);
  });
});
