import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { isBelowRate, rateOf } from './open-loop.ts';
import { collectRunData } from './run-data.ts';
import { summarizeData } from './summarize-data.ts';

const CONTEXT = { concurrency: null, expectedRequests: null, percentileRule: 'nearest-rank' } as const;

describe('summarizeOpenLoop', () => {
  it('counts times from the schedule, the rates, the wait for a place apart from lateness, and the peak', () => {
    // Due every 100 ms; the second waits 200 ms for a place and starts 1 ms later still.
    const records = [0, 100, 200].map((scheduled_ms, index) => {
      const late_ms = index === 1 ? 201 : 1;
      const start_ms = scheduled_ms + late_ms;
      const times = { start_ms, end_ms: start_ms + 150, ttft_ms: 100, latency_ms: 150 };
      return exampleRecord({ index, ...times, scheduled_ms, late_ms, queued_ms: index === 1 ? 200 : 0 });
    });
    const { open_loop, late_p99_ms } = summarizeData(collectRunData(records), CONTEXT);
    expect(late_p99_ms).toBe(1);
    expect(open_loop).toEqual({
      scheduled_per_s: 10,
      // Starts at 1, 301 and 201 ms.
      achieved_per_s: expect.closeTo(2000 / 300, 9),
      queued_p99_ms: 200,
      // From 301 to 351 ms.
      peak_in_flight: 2,
      ttft: { avg_ms: (101 + 301 + 101) / 3, p50_ms: 101, p99_ms: 301 },
      latency: { avg_ms: (151 + 351 + 151) / 3, p50_ms: 151, p99_ms: 351 },
    });
  });

  it('says nothing of a closed loop', () => {
    expect(summarizeData(collectRunData([exampleRecord()]), CONTEXT).open_loop).toBeNull();
  });
});

describe('rateOf', () => {
  it('has none of one start, nor of all at once', () => {
    expect([rateOf([]), rateOf([5]), rateOf([0, 0, 0])]).toEqual([null, null, null]);
  });
});

it('knows a rate that was not reached, of a schedule that has one', () => {
  expect(isBelowRate({ scheduled_per_s: 20, achieved_per_s: 19.59 })).toBe(true);
  expect(isBelowRate({ scheduled_per_s: 20, achieved_per_s: 19.6 })).toBe(false);
  expect(isBelowRate({ scheduled_per_s: null, achieved_per_s: 1 })).toBe(false);
  expect(isBelowRate({ scheduled_per_s: 20, achieved_per_s: null })).toBe(false);
  expect(isBelowRate(null)).toBe(false);
});
