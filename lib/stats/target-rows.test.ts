import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { listCells } from '../report/tables/column-table.ts';
import { describeTargets, listTargetTables } from '../report/tables/target-table.ts';
import { createRunDataBuilder } from './run-data.ts';
import { summarizeData } from './summarize-data.ts';

function summarize(records: readonly RequestRecord[], unfinished = 0) {
  const builder = createRunDataBuilder();
  for (const record of records) builder.add(record);
  const context = { concurrency: 1, expectedRequests: null, percentileRule: 'quick-start' } as const;
  return summarizeData(builder.build(unfinished), context);
}

/** A request of so many seconds from a second of the run, with a token count. */
function sent(model: string, second: number, more: Partial<RequestRecord> = {}): RequestRecord {
  const [start_ms, end_ms] = [second * 1000, second * 1000 + 1000];
  return exampleRecord({ index: second, model, start_ms, end_ms, latency_ms: 1000, ...more });
}

function failed(model: string, second: number): RequestRecord {
  const [start_ms, end_ms] = [second * 1000, second * 1000 + 1000];
  return exampleFailure({ index: second, model, start_ms, end_ms });
}

const MIXED = [
  sent('b', 0, { ttft_ms: 100, tpot_ms: 10, output_tokens: 8 }),
  sent('b', 1, { ttft_ms: 300, tpot_ms: 30, output_tokens: 4 }),
  sent('a', 2, { ttft_ms: 50, tpot_ms: 5, output_tokens: 20 }),
  failed('b', 3),
  failed('c', 4),
];

describe('requests by model and by URL', () => {
  it('add up to those of the run, failed ones and those without a record too', () => {
    const { by_model, by_url, ...summary } = summarize(MIXED, 2);
    // Tokens over the run's five seconds: 20 / 5 and 12 / 5.
    expect(by_model).toMatchObject([
      { name: 'a', requests: 1, completed: 1, failed: 0, ttft_avg_ms: 50, tpot_avg_ms: 5, output_tokens_per_s: 4 },
      { name: 'b', requests: 3, completed: 2, failed: 1, ttft_avg_ms: 200, ttft_p99_ms: 300, tpot_avg_ms: 20 },
      { name: 'c', requests: 1, completed: 0, failed: 1, ttft_avg_ms: null, output_tokens_per_s: null },
      { name: null, requests: 2, completed: 0, failed: 2, latency_avg_ms: null },
    ]);
    const sum = (read: (row: (typeof by_model)[number]) => number | null): number =>
      by_model.reduce((total, row) => total + (read(row) ?? 0), 0);
    expect(sum(({ requests }) => requests)).toBe(summary.total_requests);
    expect(sum(({ completed }) => completed)).toBe(summary.completed_requests);
    expect(sum(({ failed }) => failed)).toBe(summary.failed_requests);
    expect(sum(({ output_tokens_per_s }) => output_tokens_per_s)).toBeCloseTo(summary.output_tokens_per_s ?? 0, 9);
    expect(by_url).toEqual([]);
  });

  it('are in no table where all went to one', () => {
    const summary = summarize([sent('a', 0), failed('a', 1)], 1);
    expect([summary.by_model, summary.by_url, describeTargets(summary)]).toEqual([[], [], []]);
  });

  it('show – for a model of which no request completed, and its name without what would steer a terminal', () => {
    const records = [sent('a', 0), failed('\u001b[31mb', 1)];
    const text = describeTargets(summarize(records)).join('\n');
    expect(text).toMatch(/u001b\[31mb +\| +1 +\| +0\.0% +\| +– +\| +– +\| +– +\| +–/);
    expect(text).toMatch(/ a +\| +1 +\| +100\.0% +\| +100\.0/);
  });

  it('names URLs by their hosts where these tell them apart', () => {
    const at = (...urls: string[]): (string | undefined)[] => {
      const records = urls.map((url, second) => sent('a', second, { url }));
      return listTargetTables(summarize(records)).flatMap(({ columns, rows }) =>
        listCells(columns, rows).rows.map(([name]) => name),
      );
    };
    expect(at('http://h:1/v1/chat/completions', 'http://h:2/v1/chat/completions')).toEqual(['h:1', 'h:2']);
    expect(at('http://h/a/v1', 'http://h/b/v1')).toEqual(['http://h/a/v1', 'http://h/b/v1']);
  });
});
