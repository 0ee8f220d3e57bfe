import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRecords } from '../../tests/fixtures/any-record.ts';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { WORKED_EXAMPLE } from '../../tests/fixtures/worked-example.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { PERCENTILE_RULES, type PercentileRule } from './percentile-rule.ts';
import { collectRunData, createRunDataBuilder } from './run-data.ts';
import type { RunSummary } from './run-summary.ts';
import { type DataContext, summarizeData } from './summarize-data.ts';

const CONTEXT: DataContext = { concurrency: 2, expectedRequests: 4, percentileRule: 'quick-start' };

function summarize(records: readonly RequestRecord[], context: Partial<DataContext> = {}): RunSummary {
  return summarizeData(collectRunData(records), { ...CONTEXT, ...context });
}

const [R1, W2, R3, W4] = WORKED_EXAMPLE;
const R2 = { ...W2, cached_tokens: 16 };
const R4 = { ...W4, token_source: 'chunks' } as const;

describe('summarizeData', () => {
  it('counts a cancelled request apart: it is neither completed nor failed, in no average, and the counts add up', () => {
    const cancelled = exampleRecord({ outcome: 'cancelled', start_ms: 100_000, end_ms: 102_000, ttft_ms: 5000 });
    const summary = summarizeData(collectRunData([R1, R3, cancelled], 2), CONTEXT);
    expect(summary).toMatchObject({
      total_requests: 5,
      completed_requests: 1,
      failed_requests: 3,
      cancelled_requests: 1,
      ttft_avg_ms: 300,
      // The time it took is part of the run's: 102.0 - 100.0.
      time_taken_ms: 2000,
    });
    expect(Object.values(summary.failures).reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it('sums up the worked example', () => {
    const summary = summarize([R1, R2, R3, R4]);
    expect(summary).toMatchObject({
      time_taken_ms: 1110, // 101.11 - 100.0
      concurrency: 2,
      total_requests: 4,
      completed_requests: 3,
      failed_requests: 1,
      input_tokens_avg: 20, // (10 + 20 + 30) / 3
      output_tokens_avg: 5, // (3 + 7 + 5) / 3
      itl_avg_ms: 100,
      itl_count: 3,
      itl_p50_ms: 100,
      itl_p99_ms: 100,
      coalesced_ratio: 0,
      chunks_avg: 2, // (3 + 1 + 2) / 3
      expected_requests: 4,
      percentile_method: 'index',
      input_tokens_total: 60,
      output_tokens_total: 15,
      cached_tokens_total: 16,
      token_sources: { usage: 2, tokenizer: 0, chunks: 1 },
      ttft_rule: 'first-output',
      stream: true,
    });
    expect(summary.output_tokens_per_s).toBeCloseTo(13.5135, 4); // 15 / 1.11
    expect(summary.requests_per_s).toBeCloseTo(2.7027, 4); // 3 / 1.11
    expect(summary.latency_avg_ms).toBeCloseTo(493.3333, 4); // (600 + 400 + 480) / 3
    expect(summary.ttft_avg_ms).toBe(360); // (300 + 400 + 380) / 3
    expect(summary.tpot_avg_ms).toBeCloseTo(58.3333, 4); // (150 + 0 + 25) / 3
    expect(summary.failures['http-status']).toBe(1);
  });

  it('orders each column of the percentile table for itself', () => {
    const median = summarize([R1, R2, R3, R4]).percentiles.find(({ percentile }) => percentile === 50);
    // int(3 * 50 / 100) = 1, the second of three values; 400 ms for 7 tokens is 17.5 tokens/s, the largest rate.
    expect(median).toMatchObject({ ttft_ms: 380, tpot_ms: 25, latency_ms: 480, input_tokens: 20, output_tokens: 5 });
    expect(median?.output_tokens_per_s).toBeCloseTo(10.4167, 4); // of 5, 10.4167 and 17.5 tokens/s
  });

  it('counts the share of chunks that arrived together', () => {
    expect(summarize([exampleRecord({ chunk_gaps_ms: [0, 0.04, 10, 0.05] })]).coalesced_ratio).toBe(0.5);
  });

  it('has no values, and no zeros in their place, when nothing was measured', () => {
    const summary = summarize([]);
    expect(
      Object.entries(summary).filter(([key, value]) => /_(ms|avg|per_s|ratio)$/.test(key) && value !== null),
    ).toEqual([]);
    expect(summary).toMatchObject({ total_requests: 0, itl_count: 0, cached_tokens_total: null, ttft_rule: null });
    expect(summary.percentiles.every(({ ttft_ms, output_tokens }) => ttft_ms === null && output_tokens === null)).toBe(
      true,
    );
  });

  it('takes time from failed requests too, and nothing else', () => {
    expect(summarize([R3])).toMatchObject({
      time_taken_ms: 700,
      total_requests: 1,
      failed_requests: 1,
      output_tokens_per_s: null,
      requests_per_s: null,
      latency_avg_ms: null,
    });
  });

  it('counts requests that never finished as aborted', () => {
    const summary = summarizeData(collectRunData([R1], 2), CONTEXT);
    expect(summary).toMatchObject({ total_requests: 3, completed_requests: 1, failed_requests: 2 });
    expect(summary.failures.aborted).toBe(2);
  });

  it('leaves requests without a value out of that value’s average', () => {
    const summary = summarize([R1, exampleRecord({ tpot_ms: null, output_tokens: 1 })]);
    expect(summary.tpot_avg_ms).toBe(150);
  });

  it('counts no packages where the transport shows no events', () => {
    const record = exampleRecord({ ttft_rule: 'first-byte', chunk_gaps_ms: [] });
    expect(summarize([record])).toMatchObject({ chunks_avg: null, itl_avg_ms: null, ttft_rule: 'first-byte' });
  });

  it('names no TTFT rule when the records have different ones, or no stream', () => {
    expect(summarize([R1, exampleRecord({ ttft_rule: 'content' })])).toMatchObject({ ttft_rule: null, stream: true });
    expect(summarize([exampleRecord({ stream: false, ttft_ms: null })])).toMatchObject({
      ttft_rule: null,
      stream: false,
    });
  });

  it('gives the same summary in whatever order the records come', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        expect(summarize([...records].reverse())).toEqual(summarize(records));
      }),
    );
  });

  it('can be asked in the middle of a run', () => {
    const builder = createRunDataBuilder();
    builder.add(R4);
    summarizeData(builder.build(), CONTEXT);
    builder.add(R1);
    expect(summarizeData(builder.build(), CONTEXT)).toEqual(summarize([R1, R4]));
  });

  it('agrees with a slow and obvious reference on any records, by either rule', () => {
    fc.assert(
      fc.property(anyRecords, fc.constantFrom(...PERCENTILE_RULES), (records, percentileRule) => {
        expectReference(summarize(records, { percentileRule }), records, percentileRule);
      }),
    );
  });

  it('keeps percentiles in order, between the smallest and the largest value', () => {
    fc.assert(
      fc.property(anyRecords, fc.constantFrom(...PERCENTILE_RULES), (records, percentileRule) => {
        const latencies = records.flatMap(({ latency_ms }) => latency_ms ?? []);
        const column = summarize(records, { percentileRule }).percentiles.flatMap(({ latency_ms }) => latency_ms ?? []);
        const ordered = [Math.min(...latencies), ...column, Math.max(...latencies)];
        if (latencies.length > 0) expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
        else expect(column).toEqual([]);
      }),
    );
  });
});

/** Every number of a summary once more, the plain way. */
function expectReference(summary: RunSummary, records: readonly RequestRecord[], rule: PercentileRule): void {
  const completed = records.filter(({ outcome }) => outcome === 'completed');
  const values = (pick: (record: RequestRecord) => number | null | readonly number[]): number[] =>
    completed.flatMap((record) => pick(record) ?? []).sort((a, b) => a - b);
  const total = (list: number[]): number => list.reduce((a, b) => a + b, 0);
  const expectNear = (actual: number | null, expected: number | null | undefined): void => {
    if (expected === null || expected === undefined || Number.isNaN(expected)) expect(actual).toBeNull();
    else expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  };
  const percentile = (list: number[], percent: number): number | undefined => {
    if (rule === 'quick-start') return list[Math.floor((list.length * percent) / 100)];
    if (rule === 'nearest-rank') return list.find((_, i) => (i + 1) * 100 >= list.length * percent);
    const at = ((list.length - 1) * percent) / 100;
    const [below, above] = [list[Math.floor(at + 1e-9)], list[Math.ceil(at - 1e-9)]];
    return below === undefined || above === undefined
      ? undefined
      : below + (above - below) * (at - Math.floor(at + 1e-9));
  };

  const seconds = (Math.max(...records.map((r) => r.end_ms)) - Math.min(...records.map((r) => r.start_ms))) / 1000;
  const output = values((r) => r.output_tokens);
  const gaps = values((r) => r.chunk_gaps_ms);
  expectNear(summary.time_taken_ms, records.length === 0 ? null : seconds * 1000);
  expectNear(summary.requests_per_s, seconds > 0 && completed.length > 0 ? completed.length / seconds : null);
  expectNear(summary.output_tokens_per_s, seconds > 0 && output.length > 0 ? total(output) / seconds : null);
  expect(summary.completed_requests).toBe(completed.length);
  expect(summary.failed_requests).toBe(records.filter(({ outcome }) => outcome === 'failed').length);
  expect(summary.total_requests).toBe(records.length);
  expect(summary.cancelled_requests).toBe(records.length - completed.length - summary.failed_requests);
  expect(total(Object.values(summary.failures))).toBe(summary.failed_requests);
  expect(total(Object.values(summary.token_sources))).toBe(completed.length);
  expectNear(summary.itl_avg_ms, total(gaps) / gaps.length);
  expectNear(summary.coalesced_ratio, gaps.filter((gap) => gap < 0.05).length / gaps.length);
  expectNear(summary.itl_p99_ms, percentile(gaps, 99));
  // Where no request has a count there is no sum, rather than one of 0.
  expect(summary.output_tokens_total).toBe(output.length === 0 ? null : total(output));
  expect(summary.output_tokens_requests).toBe(output.length);
  for (const [average, list] of [
    [summary.latency_avg_ms, values((r) => r.latency_ms)],
    [summary.ttft_avg_ms, values((r) => r.ttft_ms)],
    [summary.tpot_avg_ms, values((r) => r.tpot_ms)],
    [summary.input_tokens_avg, values((r) => r.input_tokens)],
    [summary.output_tokens_avg, output],
    [summary.chunks_avg, values((r) => r.chunks)],
  ] as const) {
    expectNear(average, total(list) / list.length);
  }
  for (const row of summary.percentiles) {
    expectNear(
      row.ttft_ms,
      percentile(
        values((r) => r.ttft_ms),
        row.percentile,
      ),
    );
    expectNear(
      row.tpot_ms,
      percentile(
        values((r) => r.tpot_ms),
        row.percentile,
      ),
    );
    expectNear(
      row.latency_ms,
      percentile(
        values((r) => r.latency_ms),
        row.percentile,
      ),
    );
    expectNear(
      row.input_tokens,
      percentile(
        values((r) => r.input_tokens),
        row.percentile,
      ),
    );
    expectNear(row.output_tokens, percentile(output, row.percentile));
    const rates = values(({ output_tokens, latency_ms }) =>
      output_tokens === null || latency_ms === null || latency_ms <= 0 ? null : (output_tokens * 1000) / latency_ms,
    );
    expectNear(row.output_tokens_per_s, percentile(rates, row.percentile));
  }
}
