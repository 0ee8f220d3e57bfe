import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logNormal, simulateRun } from '../../bench/simulated-run.ts';
import { anyRecords } from '../../tests/fixtures/any-record.ts';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { createRandom } from '../shared/random.ts';
import { collectRunData } from './run-data.ts';
import { estimateRunIntervals, type IntervalNumber, type RunIntervals } from './run-intervals.ts';
import { summarizeData } from './summarize-data.ts';

const FEW = { seed: 1, replicates: 50 };

/** Requests one after another, each a little slower than the one before. */
function steps(count: number): RequestRecord[] {
  return Array.from({ length: count }, (_, index) =>
    exampleRecord({
      index,
      start_ms: index * 200,
      end_ms: index * 200 + 140 + (index % 7),
      latency_ms: 140 + (index % 7),
      ttft_ms: 100 + (index % 5),
      tpot_ms: 10 + (index % 3),
    }),
  );
}

describe('estimateRunIntervals', () => {
  it('has the values of the tables', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const summary = summarizeData(collectRunData(records), {
          concurrency: 1,
          expectedRequests: null,
          percentileRule: 'quick-start',
        });
        const intervals = estimateRunIntervals(collectRunData(records), 'quick-start', { seed: 1, replicates: 2 });
        const { ttft_ms, tpot_ms, itl_ms, latency_ms } = intervals.timings;
        const near = (actual: number | null | undefined, expected: number | null): void => {
          if (expected === null) expect(actual).toBeNull();
          else expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected) + 1e-9);
        };
        near(ttft_ms.mean.value, summary.ttft_avg_ms);
        near(tpot_ms.mean.value, summary.tpot_avg_ms);
        near(latency_ms.mean.value, summary.latency_avg_ms);
        near(itl_ms.mean.value, summary.itl_avg_ms);
        near(itl_ms.p99.value, summary.itl_p99_ms);
        near(ttft_ms.p50.value, summary.percentiles[2]?.ttft_ms ?? null);
        near(latency_ms.p99.value, summary.percentiles[9]?.latency_ms ?? null);
        near(intervals.requests_per_s.value, summary.requests_per_s);
        // Where nothing came out, or no time passed, the tables have a 0 and the interval no value.
        if ((summary.output_tokens_per_s ?? 0) > 0)
          near(intervals.output_tokens_per_s.value, summary.output_tokens_per_s);
        const judged = summary.completed_requests + summary.failed_requests;
        near(intervals.success_ratio.value, judged === 0 ? null : summary.completed_requests / judged);
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order of the records', () => {
    const records = steps(60);
    expect(estimateRunIntervals(collectRunData(records.toReversed()), 'quick-start', FEW)).toEqual(
      estimateRunIntervals(collectRunData(records), 'quick-start', FEW),
    );
  });

  it('comes out the same for the same seed, and a little different for another', () => {
    const sample = simulateRun(logNormal(0.5), 100, createRandom(1));
    const meanOf = (seed: number): IntervalNumber =>
      estimateRunIntervals(sample, 'quick-start', { seed, replicates: 100 }).timings.latency_ms.mean;
    expect(meanOf(1)).toEqual(meanOf(1));
    expect(meanOf(1).low).not.toBe(meanOf(2).low);
    expect(meanOf(1).value).toBe(meanOf(2).value);
  });

  it('encloses each value', () => {
    const { timings, ...rates }: RunIntervals = estimateRunIntervals(
      simulateRun(logNormal(0.5), 500, createRandom(4)),
      'quick-start',
    );
    const numbers = [...Object.values(timings.latency_ms), rates.requests_per_s, rates.success_ratio];
    expect(numbers.filter(({ state }) => state === 'ok')).toHaveLength(numbers.length);
    for (const { value, low, high } of numbers) {
      expect(low).toBeLessThanOrEqual(value as number);
      expect(high).toBeGreaterThanOrEqual(value as number);
    }
  });

  it('says of a percentile that there are too few requests, by the distribution-free rule', () => {
    // 0.99^n <= 2.5 % from 368 values on, 0.9^n from 36.
    const stateOf = (requests: number, statistic: 'p90' | 'p99'): string | undefined =>
      estimateRunIntervals(simulateRun(logNormal(0.5), requests, createRandom(2)), 'quick-start', FEW).timings[
        'latency_ms'
      ][statistic].state;
    expect([stateOf(35, 'p90'), stateOf(60, 'p90')]).toEqual(['too-few', 'ok']);
    expect([stateOf(367, 'p99'), stateOf(500, 'p99')]).toEqual(['too-few', 'ok']);
  });

  it('counts a hundred gaps of one slow request as one observation, not as a hundred', () => {
    const slow = (index: number): boolean => index % 50 === 0;
    const records = Array.from({ length: 200 }, (_, index) =>
      exampleRecord({ index, end_ms: index, chunk_gaps_ms: new Array(100).fill(slow(index) ? 50 : 10) }),
    );
    // 20,000 gaps, 2 % of them slow: independent, they would tell p99 well; they come from four requests.
    expect(estimateRunIntervals(collectRunData(records), 'quick-start', FEW).timings.itl_ms.p99.state).toBe('too-few');
    expect(estimateRunIntervals(collectRunData(records), 'quick-start', FEW).timings.itl_ms.p50.state).toBe('ok');
  });

  it('says whether requests are missing, or whether they depend on each other', () => {
    // 400 requests of ten equal gaps, of which every block of forty has its own: 4,000 gaps are enough for p99 by far
    // (368), and ten independent ones are not enough for p90 (36).
    const waves = Array.from({ length: 400 }, (_, index) =>
      exampleRecord({
        ...{ index, start_ms: index * 200, end_ms: index * 200 + 150 },
        chunk_gaps_ms: Array.from({ length: 10 }, () => 10 + Math.floor(index / 40)),
      }),
    );
    const { itl_ms, ttft_ms } = estimateRunIntervals(collectRunData(waves), 'quick-start', FEW).timings;
    expect(itl_ms.p90).toMatchObject({ state: 'too-few', lacks: 'independence' });
    expect(ttft_ms.p99).toMatchObject({ state: 'ok', lacks: null });
    const few = estimateRunIntervals(collectRunData(steps(30)), 'quick-start', FEW).timings;
    // p90 takes 36.
    expect(few.ttft_ms.p90).toMatchObject({ state: 'too-few', lacks: 'requests' });
  });

  it('knows the throughput of clients in step by the round, not by the request', () => {
    // Eight clients, each 100 ms or 102 ms by turns: every end comes with seven others, so that the time between two ends is
    // 0, 0, 0, 0, 0, 0, 0, 100; drawn one by one, these would tell nearly nothing of a throughput of 79 to 80 a second.
    const records: RequestRecord[] = [];
    for (let round = 0; round < 50; round++) {
      for (let client = 0; client < 8; client++) {
        const end = (round + 1) * 101 + (round % 2);
        records.push(exampleRecord({ index: round * 8 + client, start_ms: end - 101, end_ms: end, latency_ms: 101 }));
      }
    }
    const { low, high, state } = estimateRunIntervals(collectRunData(records), 'quick-start').requests_per_s;
    expect(state).toBe('ok');
    expect(high as number).toBeLessThan(82);
    expect(low as number).toBeGreaterThan(77);
  });

  it('has no interval below ten requests, and no value without any', () => {
    const nine = estimateRunIntervals(collectRunData(steps(9)), 'quick-start', FEW);
    expect(nine.timings.latency_ms.mean).toMatchObject({ state: 'too-few', low: null, high: null });
    const none = estimateRunIntervals(collectRunData([]), 'quick-start', FEW);
    expect(none.timings.latency_ms.p99).toMatchObject({ state: 'no-value', value: null });
    expect(none.requests_per_s.state).toBe('no-value');
    expect(none.chunks_per_token).toBeNull();
  });

  it('leaves warm-up requests out, and the timings of requests during which the clock was set', () => {
    const records = steps(40);
    const extra = [
      exampleRecord({ latency_ms: 9999, start_ms: 50, end_ms: 60, clock_steps: 1 }),
      exampleRecord({ latency_ms: 9999, start_ms: -500, end_ms: -400, warmup: true }),
    ];
    const intervals = estimateRunIntervals(collectRunData([...records, ...extra]), 'quick-start', FEW);
    expect(intervals.timings.latency_ms.p99.value).toBe(146);
    expect(intervals.slices).toBe(41);
  });

  it('divides chunks by tokens of the requests that have both', () => {
    const records = [
      exampleRecord({ chunks: 5, output_tokens: 10 }),
      exampleRecord({ chunks: 5, output_tokens: null }),
      exampleRecord({ chunks: 4, output_tokens: 8 }),
      exampleFailure(),
    ];
    expect(estimateRunIntervals(collectRunData(records), 'quick-start', FEW).chunks_per_token).toBe(0.5);
  });
});
