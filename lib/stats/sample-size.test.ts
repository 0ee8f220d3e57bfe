import { describe, expect, it } from 'vitest';
import { adviseSampleSize, requestsFor } from './sample-size.ts';

describe('requestsFor', () => {
  // MLPerf Inference rules, early stopping: 64 queries for the 90th percentile, 662 for the 99th. The others by scipy:
  // next(n for n in count(2) if scipy.stats.binom.cdf(1, n, 1 - p) <= 0.01).
  it.each([
    [90, 64],
    [99, 662],
    [50, 11],
    [95, 130],
    [99.9, 6636],
    [1, 662],
  ])('p%d: %d', (percent, requests) => {
    expect(requestsFor(percent)).toBe(requests);
  });

  it('has no number for the largest of all requests that could be sent', () => {
    expect([requestsFor(0), requestsFor(100)]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});

describe('adviseSampleSize', () => {
  it('speaks of the percentile that needs most, and only where requests are too few', () => {
    expect(adviseSampleSize([50, 99, 90], 200)).toBe(
      'p99 needs 368 requests before it has an interval, and 662 before no single outlier decides it; this run has 200.',
    );
    expect(adviseSampleSize([99], 400)).toBe(
      'p99 needs 662 requests before no single outlier decides it; this run has 400.',
    );
    // 0.9^36 = 2.25 %, 0.9^35 = 2.50 %, just above 2.5 %: 0.025032.
    expect(adviseSampleSize([90], 20)).toMatch(/^p90 needs 36 requests before it has an interval, and 64 before/);
    expect(adviseSampleSize([50, 99], 662)).toBeNull();
    expect(adviseSampleSize([100], 5)).toBeNull();
    expect(adviseSampleSize([], 5)).toBeNull();
  });
});
