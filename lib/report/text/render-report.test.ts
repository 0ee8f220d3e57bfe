import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { QUICK_START_DB, QUICK_START_SUMMARY } from '../../../tests/fixtures/example-summary.ts';
import { quickStartRecords } from '../../../tests/fixtures/quick-start-records.ts';
import { WORKED_EXAMPLE } from '../../../tests/fixtures/worked-example.ts';
import { buildPercentileJson, buildSummaryJson, formatBenchmarkJson } from '../../evalscope/quick-start.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { collectRunData } from '../../stats/run-data.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { summarizeData } from '../../stats/summarize-data.ts';
import { renderReport } from './render-report.ts';

/** The two tables of evalscope's quick start, copied from it to the character. */
const QUICK_START = readFileSync(join(import.meta.dirname, '..', '__golden__', 'quick-start.txt'), 'utf8');

function summarize(
  records: readonly RequestRecord[],
  concurrency: number,
  expectedRequests: number | null,
): RunSummary {
  return summarizeData(collectRunData(records), { concurrency, expectedRequests, percentileRule: 'quick-start' });
}

const WHOLE = { tables: 'all' } as const;

function report(summary: RunSummary, dbPath: string | null = null): string {
  return renderReport(summary, { dbPath, notes: [] }, WHOLE);
}

/** The two tables that evalscope has, too. */
function firstTables(text: string): string {
  return text.slice(0, text.indexOf('\nFurther results: '));
}

describe('renderReport', () => {
  it('prints the quick start’s tables to the character', () => {
    expect(firstTables(report(QUICK_START_SUMMARY, QUICK_START_DB))).toBe(QUICK_START);
  });

  it('prints the quick start’s tables from fifteen records, but for three values that are defined differently', async () => {
    const text = report(summarize(quickStartRecords(), 1, 15), QUICK_START_DB);
    await expect(text).toMatchFileSnapshot('../__golden__/quick-start-from-records.txt');

    const ours = firstTables(text).split('\n');
    const theirs = QUICK_START.split('\n');
    const differing = ours.flatMap((line, i) => (line === theirs[i] ? [] : [[line.trim(), theirs[i]]]));
    // Theirs is 1 / throughput, ours the mean of (latency - TTFT) / (tokens - 1); and their percentile column pools all
    // gaps between chunks, of which there are more than fifteen, so that p98 and p99 can differ from p95.
    expect(differing.map((pair) => pair.map((line) => line?.replaceAll(/\s+/g, ' ')))).toEqual([
      ['| Average time per output token (s) | 0.00289 |', '| Average time per output token (s) | 0.00309 |'],
      [
        '| 98% | 0.0463 | 0.0033 | 1.3038 | 66 | 431 | 348.1648 |',
        '| 98% | 0.0463 | 0.0035 | 1.3038 | 66 | 431 | 348.1648 |',
      ],
      [
        '| 99% | 0.0463 | 0.0033 | 1.3038 | 66 | 431 | 348.1648 |',
        '| 99% | 0.0463 | 0.0037 | 1.3038 | 66 | 431 | 348.1648 |',
      ],
    ]);
  });

  // evalscope's own worked example (three requests and a failed one, chunks 0.1 s apart), measured by our definitions:
  // TTFT and latency 0.3/0.6, 0.4/0.4 and 0.38/0.48 s; 3, 7 and 5 tokens in 3, 1 and 2 chunks.
  // evalscope prints: time 1.2 (to when it handled the last request; ours 1.11 to when that ended), throughput 12.5 and
  // QPS 2.5 (over that time), latency .503 (to the end of the connection; ours to the last chunk), TTFT .33 (to a chunk
  // with the role alone; ours to the first output), TPOT .08 (1 / throughput), package latency .178 and 1.333 packages
  // (two chunks of each stream left out).
  it('prints evalscope’s worked example by our definitions', async () => {
    await expect(report(summarize(WORKED_EXAMPLE, 2, 4))).toMatchFileSnapshot('../__golden__/worked-example.txt');
  });

  it('prints a run in which every request failed, without a made-up number', async () => {
    const records = [
      exampleFailure({ start_ms: 0, end_ms: 50 }),
      exampleFailure({ start_ms: 60, end_ms: 760, failure: { kind: 'timeout', status: null, detail: 'timeout' } }),
    ];
    const text = report(summarize(records, 1, 2));
    expect(text).not.toMatch(/NaN|nan|-1|null|undefined/);
    await expect(text).toMatchFileSnapshot('../__golden__/all-failed.txt');
  });

  it('prints a run of one request', async () => {
    await expect(report(summarize([exampleRecord()], 1, 1))).toMatchFileSnapshot('../__golden__/one-request.txt');
  });

  it('prints a run without streaming, bounded by time, with dashes where nothing can be measured', async () => {
    const records = Array.from({ length: 12 }, (_, index) =>
      exampleRecord({
        index,
        start_ms: index * 1000,
        end_ms: index * 1000 + 500 + index,
        stream: false,
        ttft_ms: null,
        latency_ms: 500 + index,
        chunk_gaps_ms: [],
        chunks: null,
        tpot_ms: null,
        cached_tokens: 16,
      }),
    );
    await expect(report(summarize(records, 1, null))).toMatchFileSnapshot('../__golden__/without-streaming.txt');
  });

  it('says how percentiles were taken', () => {
    const line = (summary: RunSummary): string | undefined =>
      report(summary)
        .split('\n')
        .find((text) => text.startsWith('Percentiles: '));
    expect(line(QUICK_START_SUMMARY)).toBe("Percentiles: sorted[int(N*p/100)], the rule of evalscope's quick start.");
    expect(line({ ...QUICK_START_SUMMARY, percentile_method: 'linear' })).toContain('linear interpolation');
    expect(line({ ...QUICK_START_SUMMARY, percentile_method: 'interpolated' })).toContain(
      'the report from the records is exact',
    );
  });

  it('notes that few requests make weak percentiles, up to nine of them', () => {
    const withCompleted = (completed_requests: number): string =>
      report({ ...QUICK_START_SUMMARY, completed_requests });
    expect(withCompleted(9)).toContain('Note: fewer than ten completed requests (9)');
    expect(withCompleted(10)).not.toContain('Note:');
  });

  it('names every source of token counts when there are several', () => {
    const text = report({ ...QUICK_START_SUMMARY, token_sources: { usage: 12, tokenizer: 0, chunks: 2 } });
    expect(text).toContain("the server's usage (12), the number of chunks, a guess (2), unknown (1)");
  });

  it('ends with notes, and with thresholds passed and crossed', () => {
    const text = renderReport(
      QUICK_START_SUMMARY,
      {
        dbPath: null,
        notes: ['3 lines of results.json could not be read'],
        thresholds: [
          { metric: 'llm_ttft', expression: 'p(95)<200', ok: true },
          { metric: 'llm_requests_completed', expression: 'count>20', ok: false },
        ],
      },
      WHOLE,
    );
    expect(text.split('\n').slice(-7)).toEqual([
      "Percentiles: sorted[int(N*p/100)], the rule of evalscope's quick start.",
      '3 lines of results.json could not be read',
      '',
      'Thresholds: 1 passed, 1 crossed',
      '  passed   llm_ttft: p(95)<200',
      '  crossed  llm_requests_completed: count>20',
      '',
    ]);
  });

  it('lets no note and no path control the terminal', () => {
    const text = renderReport(QUICK_START_SUMMARY, { dbPath: 'out/\u001b[2J.db', notes: ['a\u001b[31m'] }, WHOLE);
    expect(text).toContain('out/\\u001b[2J.db');
    expect(text).not.toContain('\u001b');
  });
});

describe('buildSummaryJson and buildPercentileJson', () => {
  it('hold evalscope’s keys in its order, with the values of the tables', () => {
    expect(buildSummaryJson(QUICK_START_SUMMARY, QUICK_START_DB)).toEqual({
      'Time taken for tests (s)': 10.739,
      'Number of concurrency': 1,
      'Total requests': 15,
      'Succeed requests': 15,
      'Failed requests': 0,
      'Throughput(average tokens/s)': 324.059,
      'Average QPS': 1.397,
      'Average latency (s)': 0.696,
      'Average time to first token (s)': 0.029,
      'Average time per output token (s)': 0.00309,
      'Average input tokens per request': 50.133,
      'Average output tokens per request': 232,
      'Average package latency (s)': 0.003,
      'Average package per request': 232,
      'Expected number of requests': 15,
      'Result DB path': QUICK_START_DB,
    });
    const keys = [...QUICK_START.matchAll(/^\| (\S.*?) +\| /gm)]
      .map(([, key]) => key)
      .filter((key) => key !== 'Key' && key !== 'Percentile');
    expect(Object.keys(buildSummaryJson(QUICK_START_SUMMARY, null))).toEqual(keys);
    expect(buildPercentileJson(QUICK_START_SUMMARY)[2]).toEqual({
      Percentile: '50%',
      'TTFT (s)': 0.0233,
      'TPOT (s)': 0.0028,
      'Latency (s)': 0.7293,
      'Input tokens': 49,
      'Output tokens': 250,
      'Throughput(tokens/s)': 335.644,
    });
  });

  it('write null where evalscope writes -1 or NaN', () => {
    const nothing = summarize([], 1, null);
    expect(Object.values(buildPercentileJson(nothing)[0] ?? {})).toEqual(['10%', null, null, null, null, null, null]);
    expect(formatBenchmarkJson(buildSummaryJson(nothing, null))).toContain('    "Average latency (s)": null,\n');
  });
});
