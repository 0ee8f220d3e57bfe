import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../../../measure/request-record.ts';
import { collectRunData } from '../../../stats/run-data.ts';
import { summarizeData } from '../../../stats/summarize-data.ts';
import { createRunReportCollector } from './collect-run.ts';

function reportOf(...records: RequestRecord[]) {
  const run = collectRunData(records, 2);
  const collector = createRunReportCollector();
  for (const record of records) collector.add(record);
  return collector.build(run, {
    summary: summarizeData(run, { concurrency: 1, expectedRequests: null, percentileRule: 'quick-start' }),
    validity: { verdict: 'VALID', reasons: [] },
    thresholds: [],
    notes: [],
    args: {},
    percentileRule: 'quick-start',
  });
}

describe('createRunReportCollector', () => {
  it('gives each kind of failure with its count and its first example, the most frequent first', () => {
    const failure = { kind: 'timeout', status: null, detail: 'no answer within 5 s' } as const;
    const { failures } = reportOf(
      exampleFailure({ index: 3, failure }),
      exampleFailure({ index: 4 }),
      exampleFailure({ index: 5, failure: { kind: 'http-status', status: 500, detail: 'a later one' } }),
    );
    expect(failures.map(({ kind, count, detail, index }) => [kind, count, detail, index])).toEqual([
      ['http-status', 2, 'HTTP 500', 4],
      // The two that left no record.
      ['aborted', 2, 'no record left', null],
      ['timeout', 1, 'no answer within 5 s', 3],
    ]);
  });

  it('leaves warm-up requests out of everything but the timeline', () => {
    const { timeline, distributions, series } = reportOf(
      exampleRecord({ warmup: true, start_ms: 0, end_ms: 500, ttft_ms: 400 }),
      exampleRecord({ index: 1 }),
    );
    expect(timeline.windows[0]?.outcome).toEqual(['warm-up', 'completed']);
    expect(distributions[0]).toMatchObject({ metric: 'ttft', count: 1, max: 100 });
    expect(series.from_s[0]).toBe(1);
  });

  it('ends the tokens of several choices with the last output, and gives their gaps no place', () => {
    // From 1100 to 1150; one after the other, the gaps would end at 1900.
    const several = exampleRecord({
      ...{ choices: 2, chunk_gaps_ms: [200, 200, 200, 200], chunks: 6, output_tokens: 6 },
      ...{ last_output_ms: 150, latency_ms: 160, end_ms: 1160 },
    });
    const other = exampleRecord({ index: 1, start_ms: 2000, end_ms: 2000, outcome: 'failed' });
    const { series, itl_by_position } = reportOf(several, other);
    const rates = series.output_tokens_per_s.map((rate, i) => [series.from_s[i] as number, rate] as const);
    const last = rates.filter(([, rate]) => rate > 0).at(-1);
    expect(last?.[0]).toBeLessThanOrEqual(1.16);
    expect(itl_by_position.count).toEqual([]);
  });

  it('takes no timings of requests within which the clock was set', () => {
    const { distributions, ttft_by_input, requests, series } = reportOf(exampleRecord({ clock_steps: 1 }));
    expect(distributions).toEqual([]);
    expect([ttft_by_input.index, requests.slowest]).toEqual([[], []]);
    expect(series.completed_per_s.some((rate) => rate > 0)).toBe(true);
  });

  it('has what users gave up among what was under way and due, and in no other rate', () => {
    // 141 ms and 359 ms under way within half a second: 1 on average.
    const left = exampleRecord({ index: 1, start_ms: 1141, end_ms: 1500, outcome: 'cancelled' });
    const { series } = reportOf(exampleRecord(), left);
    const total = (rates: readonly number[]): number =>
      rates.reduce((sum, rate, i) => sum + rate * ((series.to_s[i] as number) - (series.from_s[i] as number)), 0);
    expect(total(series.in_flight)).toBeCloseTo(0.5, 3);
    expect(total(series.arrivals_per_s)).toBeCloseTo(2, 3);
    expect([total(series.completed_per_s), total(series.failed_per_s)].map(Math.round)).toEqual([1, 0]);
  });

  it('spreads the tokens of a request over its chunks', () => {
    const { series } = reportOf(exampleRecord({ output_tokens: 10 }));
    const counted = series.output_tokens_per_s.reduce(
      (sum, rate, i) => sum + rate * ((series.to_s[i] as number) - (series.from_s[i] as number)),
      0,
    );
    expect(counted).toBeCloseTo(10, 6);
  });
});
