import { describe, expect, it } from 'vitest';
import { QUICK_START_SUMMARY } from '../../tests/fixtures/example-summary.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { estimateClientErrors } from './client-error.ts';
import type { ClientEvidence, ClientWaits } from './client-waits.ts';

const waits = (mean_ms: number, p50_ms: number, p99_ms: number): ClientWaits => ({ mean_ms, p50_ms, p99_ms });
const NONE: ClientEvidence = { probes: null, timers: null, timersOf: 'client', inBursts: false };
const estimate = (
  evidence: Partial<ClientEvidence>,
  metric: string,
  statistic: string,
  summary: Partial<RunSummary> = {},
) =>
  estimateClientErrors({ ...QUICK_START_SUMMARY, ...summary }, { ...NONE, ...evidence }).find(
    (error) => error.metric === metric && error.statistic === statistic,
  )?.error_ms;

describe('estimateClientErrors', () => {
  it('knows nothing without evidence', () => {
    expect(estimateClientErrors(QUICK_START_SUMMARY, NONE)).toEqual([]);
  });

  it('adds a wait to TTFT and latency, and shares it out over the gaps of an answer and its tokens', () => {
    const probes = waits(2.31, 1, 5);
    expect(estimate({ probes }, 'ttft', 'mean')).toBe(2.31);
    expect(estimate({ probes }, 'latency', 'p50')).toBe(2.31);
    // 232 chunks and tokens: 231 gaps.
    expect(estimate({ probes }, 'itl', 'mean')).toBeCloseTo(0.01, 9);
    expect(estimate({ probes }, 'tpot', 'mean')).toBeCloseTo(0.01, 9);
  });

  it('takes no p99 to have been moved from below the median', () => {
    // ITL: 3.7 at p99, 2.8 in the median.
    expect(estimate({ probes: waits(1, 0.2, 50) }, 'itl', 'p99')).toBeCloseTo(0.9, 9);
  });

  it('leaves the median of ITL alone until most events come in bundles', () => {
    expect(estimate({ probes: waits(2, 1.4, 3) }, 'itl', 'p50')).toBe(0);
    expect(estimate({ probes: waits(2, 1.5, 3) }, 'itl', 'p50')).toBe(1.5);
  });

  it('believes the later of two in k6, and what lies between them in one event loop', () => {
    const both = { probes: waits(4, 1, 9), timers: waits(1, 0, 0.3) };
    expect(estimate({ ...both, timersOf: 'beside' }, 'ttft', 'mean')).toBe(4);
    expect(estimate(both, 'ttft', 'mean')).toBe(2);
    // Both ends of a gap: 0.3 times the root of two.
    expect(estimate(both, 'itl', 'p99')).toBeCloseTo(0.4243, 4);
    expect(estimate({ timers: both.timers }, 'ttft', 'mean')).toBe(1);
  });

  describe('of a p99 in k6', () => {
    // TTFT: 46.3 ms at p99, 23.3 in the median, so a scale of 23 / ln 50 = 5.88 ms; ITL: 3.7 and 2.8 ms, 0.23 ms.
    const probesOf = (...all_ms: number[]) => ({
      mean_ms: all_ms.reduce((total, wait) => total + wait, 0) / all_ms.length,
      p50_ms: 0,
      p99_ms: Math.max(...all_ms),
      all_ms,
    });
    const oneOf = (count: number, wait: number) => probesOf(wait, ...Array.from({ length: count - 1 }, () => 0));

    it('lets one late probe of many move it by little, and of few by more', () => {
      const [few, many] = [oneOf(4, 20), oneOf(64, 20)].map((probes) =>
        estimate({ probes, timersOf: 'beside' }, 'ttft', 'p99', { itl_p50_ms: 60, itl_p99_ms: 70 }),
      ) as [number, number];
      // What is left of 20 ms after ln 4 scales of 5.88 is 11.9 ms.
      expect(few).toBeGreaterThan(11.8);
      expect(few).toBeLessThan(12.6);
      expect(many).toBeLessThan(3.5);
    });

    it('is moved by the whole of a wait that all have', () => {
      const probes = probesOf(0.2, 0.2, 0.2);
      expect(estimate({ probes, timersOf: 'beside' }, 'ttft', 'p99')).toBeCloseTo(0.2, 9);
      // Both ends of a gap alike.
      expect(estimate({ probes, timersOf: 'beside' }, 'itl', 'p99')).toBeCloseTo(0, 9);
    });

    it('moves with the probes where requests start in bursts, or where the client is late all the time', () => {
      const probes = oneOf(64, 15);
      expect(estimate({ probes, timersOf: 'beside', inBursts: true }, 'ttft', 'p99')).toBe(15);
      const late = probesOf(...Array.from({ length: 63 }, () => 1), 15);
      expect(estimate({ probes: late, timersOf: 'beside' }, 'ttft', 'p99')).toBe(15);
    });

    it('takes the timers beside in the same way', () => {
      const scale = (46.3 - 23.3) / Math.log(50);
      const expected = scale * Math.log(1 + 0.05 * (Math.exp(5 / scale) - 1));
      expect(estimate({ timers: waits(0.25, 0, 5), timersOf: 'beside' }, 'ttft', 'p99')).toBeCloseTo(expected, 1);
    });

    it('takes the mean and p99 of probes for two kinds of them where k6 keeps no more', () => {
      const probes = waits(0.25, 0, 5);
      const scale = (46.3 - 23.3) / Math.log(50);
      // A twentieth of them waits 5 ms.
      const expected = scale * Math.log(1 + 0.05 * (Math.exp(5 / scale) - 1));
      expect(estimate({ probes, timersOf: 'beside' }, 'ttft', 'p99')).toBeCloseTo(expected, 1);
    });
  });

  it('has no error of a number that is not there', () => {
    const unstreamed = { ...QUICK_START_SUMMARY, itl_avg_ms: null, itl_p50_ms: null, itl_p99_ms: null };
    const errors = estimateClientErrors(unstreamed, { ...NONE, probes: waits(1, 1, 1) });
    expect(errors.map(({ metric }) => metric)).not.toContain('itl');
  });
});
