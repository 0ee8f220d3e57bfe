import { expect, it } from 'vitest';
import { exampleRecord as record } from '../../tests/fixtures/example-record.ts';
import { estimateConnecting } from './connecting-estimate.ts';
import { collectRunData, createRunDataBuilder } from './run-data.ts';
import { summarizeData } from './summarize-data.ts';

const CONTEXT = { concurrency: 1, expectedRequests: 2, percentileRule: 'quick-start' } as const;

it('is the median of the probes, and half of what lies between their 10th and 90th percentile', () => {
  // 0 to 10: the 10th percentile is 1, the 90th 9.
  const probes = [10, 0, 9, 1, 8, 2, 7, 3, 6, 4, 5];
  expect(estimateConnecting(probes)).toEqual({ connect_ms: 5, plus_minus_ms: 4, probes: 11 });
  expect(estimateConnecting([30, 31])).toBeNull();
});

it('is taken off means and percentiles, and never off a record', () => {
  const builder = createRunDataBuilder();
  for (const ttft_ms of [100, 120]) builder.add(record({ ttft_ms, latency_ms: ttft_ms + 200, connect_ms: null }));
  const run = builder.build(0, [30, 31, 32]);
  expect([...run.column('ttft_connected')]).toEqual([Number.NaN, Number.NaN]);
  expect([...run.column('ttft')]).toEqual([100, 120]);
  expect(summarizeData(run, CONTEXT)).toMatchObject({
    ttft_avg_ms: 110,
    connecting: { connect_ms: 31, probes: 3, ttft_avg_ms: 79, ttft_p50_ms: 89, latency_avg_ms: 279 },
  });
});

it('gives way to what the records say', () => {
  const builder = createRunDataBuilder();
  builder.add(record({ ttft_ms: 100, latency_ms: 300, connect_ms: 40 }));
  builder.add(record({ ttft_ms: 100, latency_ms: 300, connect_ms: 0 }));
  const { connecting } = summarizeData(builder.build(0, [30, 31, 32]), CONTEXT);
  expect(connecting).toMatchObject({ connect_ms: 20, plus_minus_ms: null, probes: null, ttft_avg_ms: 80 });
  expect(summarizeData(collectRunData([record({ connect_ms: null })]), CONTEXT).connecting).toBeNull();
});
