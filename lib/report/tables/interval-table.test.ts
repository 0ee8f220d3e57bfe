import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createRandom } from '../../shared/random.ts';
import { createRunDataBuilder } from '../../stats/run-data.ts';
import { findDrift } from '../../stats/run-drift.ts';
import { estimateRunIntervals } from '../../stats/run-intervals.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { findSteadyState } from '../../stats/steady-state.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { describeStatistics, type RunStatistics, renderIntervalTable } from './interval-table.ts';

/** Requests one after another, the first ten slow; two tokens a chunk. */
function measure(requests: number, stream = true): { summary: RunSummary; statistics: RunStatistics } {
  const random = createRandom(8);
  const builder = createRunDataBuilder();
  for (let index = 0; index < requests; index++) {
    const ttft = Math.round(50 + 20 * random.next()) + (index < 10 ? 200 : 0);
    const gaps = Array.from({ length: 4 }, () => Math.round(20 + 5 * random.next()));
    const latency = ttft + gaps.reduce((sum, gap) => sum + gap, 0);
    const record = exampleRecord({
      index,
      start_ms: index * 400,
      end_ms: index * 400 + latency,
      ttft_ms: stream ? ttft : null,
      latency_ms: latency,
      tpot_ms: stream ? (latency - ttft) / 9 : null,
      chunk_gaps_ms: stream ? gaps : [],
      chunks: stream ? 5 : null,
      output_tokens: 10,
      stream,
    });
    builder.add(record);
  }
  const run = builder.build();
  return {
    summary: summarizeData(run, { concurrency: 1, expectedRequests: requests, percentileRule: 'quick-start' }),
    statistics: {
      intervals: estimateRunIntervals(run, 'quick-start'),
      steady_state: findSteadyState(run, 'quick-start'),
      drift: findDrift(run, { streams: 1 }),
    },
  };
}

describe('renderIntervalTable', () => {
  it('shows each number with its interval and without the run\u2019s beginning', async () => {
    const { summary, statistics } = measure(200);
    const text = [renderIntervalTable(summary, statistics), ...describeStatistics(summary, statistics), ''].join('\n');
    await expect(text).toMatchFileSnapshot('../__golden__/certainty.txt');
  });

  it('puts chunks per token and the source of token counts between ITL and what follows', () => {
    const { summary, statistics } = measure(20);
    const keys = renderIntervalTable(summary, statistics)
      .split('\n')
      .map((line) => line.split('|')[1]?.trim());
    const at = keys.indexOf('Chunks per output token');
    expect(keys[at - 2]).toBe('ITL, p99 (ms)');
    expect(keys[at + 2]).toBe('Output tokens counted by');
    expect(keys[at + 4]).toBe('Time to second output, mean (ms)');
  });

  it('says where there are too few requests, and why there is no steady state', () => {
    const { summary, statistics } = measure(20);
    expect(renderIntervalTable(summary, statistics)).toMatch(/\| Latency, p99 \(ms\) +\| [\d.]+ +\| too few requests/);
    expect(describeStatistics(summary, statistics)[1]).toBe(
      'Steady state: not looked for (MSER-5 needs 50 completed requests).',
    );
  });

  it('explains "too dependent" where a cell says it, and not where numbers without a cell are', () => {
    const { summary, statistics } = measure(20);
    const { intervals } = statistics;
    const describe = (statistic: 'p90' | 'p95'): string => {
      const { ttft_ms } = intervals.timings;
      const number = { ...ttft_ms[statistic], lacks: 'independence' } as const;
      const timings = { ...intervals.timings, ttft_ms: { ...ttft_ms, [statistic]: number } };
      return describeStatistics(summary, { ...statistics, intervals: { ...intervals, timings } }).join('\n');
    };
    expect(describe('p90')).toContain('"too dependent": values that come together are alike');
    expect(describe('p95')).not.toContain('too dependent');
  });

  it('has no rows for what was not measured', () => {
    const { summary, statistics } = measure(20, false);
    const table = renderIntervalTable(summary, statistics);
    expect(table).not.toMatch(/TTFT|ITL|TPOT|Chunks/);
    expect(table).toMatch(/Latency, mean/);
  });
});
