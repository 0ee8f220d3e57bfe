import { expect, it } from 'vitest';
import { exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { describeServer } from '../../report/tables/server-table.ts';
import { buildServerSeries } from '../../server/server-series.ts';
import { createClientCounter } from './read-server.ts';

const BEGAN = Date.parse('2026-11-27T12:00:00Z');
const at = (seconds: number, lines: readonly string[]) => ({
  ...{ at_ms: BEGAN + seconds * 1000, url: 'http://a/metrics', lines, error: null },
});
const page = (count: number, sumS: number, prompt: number, output?: number) => [
  `vllm:time_to_first_token_seconds_count ${count}`,
  `vllm:time_to_first_token_seconds_sum ${sumS}`,
  `vllm:prompt_tokens_total ${prompt}`,
  ...(output === undefined ? [] : [`vllm:generation_tokens_total ${output}`]),
];

it('holds the mean TTFT of all requests against that of the server, which counts warm-ups', () => {
  const counter = createClientCounter();
  // Two warm-ups of 1,000 ms and eight requests of 100: 280 ms on average on both sides.
  for (let index = 0; index < 10; index++) {
    const isWarmup = index < 2;
    const times = { start_ms: index * 100, end_ms: index * 100 + 90, ttft_ms: isWarmup ? 1000 : 100 };
    const started_at = new Date(BEGAN + index * 100).toISOString();
    counter.add(exampleRecord({ index, started_at, ...times, ...(isWarmup ? { warmup: true } : {}) }));
  }
  const series = buildServerSeries([at(0, page(0, 0, 0, 0)), at(5, page(10, 2.8, 0, 0))]);
  const told = counter.compare(series, 0);
  expect(told?.reconciliation.ttft_beyond_server_ms).toBeCloseTo(0, 9);
  expect(told?.reconciliation.notes.filter((note) => note.includes('TTFT'))).toEqual([]);
});

it('says that tokens are as we counted only where both are', () => {
  const counter = createClientCounter();
  const tokens = { input_tokens: 7, output_tokens: 3, token_source: 'chunks' } as const;
  counter.add(exampleRecord({ started_at: new Date(BEGAN).toISOString(), start_ms: 0, end_ms: 90, ...tokens }));
  const series = buildServerSeries([at(0, page(0, 0, 0, 0)), at(5, page(1, 0.1, 7, 9))]);
  const rows = describeServer(counter.compare(series, 0)).join('\n');
  // The client's output is a guess by chunks, which says nothing beside the server's count.
  expect(rows).toMatch(/Tokens in, tokens out +\| 7 and 9; we counted 7 and –/);
});
