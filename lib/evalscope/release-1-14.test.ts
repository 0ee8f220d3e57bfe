import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { collectRunData, type RunData } from '../stats/run-data.ts';
import { summarizeData } from '../stats/summarize-data.ts';
import {
  buildCurrentArgs,
  buildCurrentPercentiles,
  buildCurrentSummary,
  buildSpeculation,
  formatRunFolder,
  readHandOvers,
} from './release-1-14.ts';

/** Two completed requests of 5 output tokens and a failed one; worked out by hand below. */
function workedExample() {
  const common = { ttft_ms: 200, tpot_ms: 50, output_tokens: 5, chunk_gaps_ms: [40, 60] };
  return collectRunData([
    exampleRecord({ ...common, start_ms: 0, end_ms: 400, latency_ms: 400, input_tokens: 10 }),
    exampleRecord({
      ...common,
      ttft_ms: 300.006,
      tpot_ms: 25,
      start_ms: 500,
      end_ms: 900,
      latency_ms: 400,
      input_tokens: 20,
    }),
    exampleFailure({ start_ms: 900, end_ms: 2000 }),
  ]);
}

const CONTEXT = { concurrency: 4, expectedRequests: 3, percentileRule: 'quick-start' as const };

function summaryOf(run: RunData) {
  return buildCurrentSummary(run, summarizeData(run, CONTEXT));
}

describe('buildCurrentSummary', () => {
  it('writes evalscope’s current keys in its order, with milliseconds where it has them', () => {
    const summary = summaryOf(workedExample());
    expect(Object.entries(summary)).toEqual([
      ['Test Duration (s)', 2],
      ['Concurrency', 4],
      ['Request Rate (req/s)', -1],
      ['Total Requests', 3],
      ['Success Requests', 2],
      ['Failed Requests', 1],
      ['Stream Requests', 3],
      ['Non-Stream Requests', 0],
      // 2 requests in 2 s; 10 output tokens, and with 30 input tokens 40, in 2 s.
      ['Req Throughput (req/s)', 1],
      ['Avg Latency (s)', 0.4],
      ['Avg Input Tokens', 15],
      ['Output Throughput (tok/s)', 5],
      ['Total Throughput (tok/s)', 20],
      ['Avg TTFT (ms)', 250],
      ['Avg TPOT (ms)', 37.5],
      ['Avg ITL (ms)', 50],
      ['Avg Output Tokens', 5],
      ['Input Throughput (tok/s)', 0],
    ]);
  });

  it('leaves out what has no value, since null fails the whole load', () => {
    const run = collectRunData([exampleFailure({ start_ms: 0, end_ms: 1500 })]);
    const summary = summaryOf(run);
    expect(Object.values(summary)).not.toContain(null);
    expect(summary).not.toHaveProperty('Avg TTFT (ms)');
    expect(summary).toMatchObject({ 'Total Requests': 1, 'Failed Requests': 1, 'Test Duration (s)': 1.5 });
  });

  it('shows the cache only where the server tells of it', () => {
    const run = collectRunData([exampleRecord({ input_tokens: 40, cached_tokens: 30 })]);
    expect(summaryOf(run)['KV Cache Hit Rate (%)']).toBe(75);
    // Of the request whose cache it tells of.
    const both = collectRunData([exampleRecord({ input_tokens: 40, cached_tokens: 30 }), exampleRecord({ index: 1 })]);
    expect(summaryOf(both)['KV Cache Hit Rate (%)']).toBe(75);
  });
});

describe('the hand-over from prefill to decode', () => {
  const run = collectRunData([
    exampleRecord({ chunk_gaps_ms: [90, 10, 20, 31], chunks: 5 }),
    exampleRecord({ index: 1, chunk_gaps_ms: [10, 30], chunks: 3 }),
    // A single later gap is its own median; without a later one there is no overhead.
    exampleRecord({ index: 2, chunk_gaps_ms: [45, 5], chunks: 3 }),
    exampleRecord({ index: 3, chunk_gaps_ms: [7], chunks: 2 }),
    // Two answers in one request, whose gaps have no order.
    exampleRecord({ index: 4, chunk_gaps_ms: [500, 500], chunks: 4, choices: 2 }),
    exampleFailure({ index: 5 }),
  ]);
  const args = { enable_pd_metrics: true };
  const summary = summarizeData(run, CONTEXT);

  it('is in the summary where its flag asks for it, by the formulas of evalscope 1.14 (benchmark_util.py)', () => {
    // (90 + 10 + 45 + 7) / 4; 90 - 20, 0 and 45 - 5 over 3; (10 + 20 + 31 + 30 + 5) / 5.
    expect(buildCurrentSummary(run, summary, null, readHandOvers(run, args))).toMatchObject({
      'Avg PD Handoff Latency (ms)': 38,
      'Avg PD Handoff Overhead (ms)': 36.67,
      'Avg Steady ITL (ms)': 19.2,
    });
    expect(Object.keys(buildCurrentSummary(run, summary)).join()).not.toMatch(/Handoff|Steady/);
  });

  it('has percentiles as well', () => {
    const rows = buildCurrentPercentiles(run, summary, readHandOvers(run, args));
    const column = (name: string) =>
      ['min', '50%', 'max'].map((at) => rows.find((row) => row['Percentiles'] === at)?.[name]);
    expect(column('PD Handoff Latency (ms)')).toEqual([7, 45, 90]);
    expect(column('PD Handoff Overhead (ms)')).toEqual([0, 40, 70]);
    expect(column('Steady ITL (ms)')).toEqual([5, 20, 31]);
    expect(Object.keys(buildCurrentPercentiles(run, summary)[0] ?? {}).join()).not.toMatch(/Handoff|Steady/);
  });

  it('has no key in a run without gaps', () => {
    const whole = collectRunData([exampleRecord({ stream: false, chunk_gaps_ms: [], chunks: null })]);
    expect(
      Object.keys(buildCurrentSummary(whole, summarizeData(whole, CONTEXT), null, readHandOvers(whole, args))).join(),
    ).not.toMatch(/Handoff/);
  });
});

describe('buildSpeculation', () => {
  it('has evalscope’s two keys where chunks hold several tokens', () => {
    // L = (9 - 1 + 5 - 1) / (3 - 1 + 3 - 1), and 1 - 1/L.
    const drafted = [9, 5].map((output_tokens, index) =>
      exampleRecord({ index, output_tokens, chunks: 3, chunk_gaps_ms: [10, 10] }),
    );
    expect(Object.entries(buildSpeculation(collectRunData(drafted)))).toEqual([
      ['Avg Decoded Tok/Iter', 3],
      ['Spec. Accept Rate', 0.6667],
    ]);
    // One token of 16 was held back: 15/14, which is no draft. Nothing is known of an answer in one chunk.
    const whole = exampleRecord({ chunks: 15, output_tokens: 16, chunk_gaps_ms: new Array(14).fill(10) });
    const single = exampleRecord({ index: 1, chunks: 1, chunk_gaps_ms: [] });
    expect(buildSpeculation(collectRunData([whole, single]))).toEqual({});
  });
});

describe('buildCurrentPercentiles', () => {
  it('has the rows min to max with the labels that its loader looks for', () => {
    const run = workedExample();
    const rows = buildCurrentPercentiles(run, summarizeData(run, CONTEXT));
    expect(rows.map((row) => row['Percentiles'])).toEqual([
      'min',
      '1%',
      '5%',
      '10%',
      '25%',
      '50%',
      '75%',
      '90%',
      '95%',
      '99%',
      'max',
    ]);
    // sorted[int(2 * p / 100)]: the first value below 50 %, the second from there on. Decode is 1000 / TPOT: 20 and 40;
    // Total is 15 and 25 tokens in 0.4 s.
    const low = {
      'Latency (s)': 0.4,
      'TTFT (ms)': 200,
      'ITL (ms)': 40,
      'TPOT (ms)': 25,
      'Input tokens': 10,
      'Output tokens': 5,
      'Output (tok/s)': 12.5,
      'Total (tok/s)': 37.5,
      'Decode (tok/s)': 20,
    };
    expect(rows[0]).toEqual({ Percentiles: 'min', ...low });
    expect(rows[4]).toEqual({ Percentiles: '25%', ...low });
    expect(rows.at(-1)).toEqual({
      Percentiles: 'max',
      'Latency (s)': 0.4,
      'TTFT (ms)': 300.01,
      'ITL (ms)': 60,
      'TPOT (ms)': 50,
      'Input tokens': 20,
      'Output tokens': 5,
      'Output (tok/s)': 12.5,
      'Total (tok/s)': 62.5,
      'Decode (tok/s)': 40,
    });
    expect(rows[5]).toEqual({ ...rows.at(-1), Percentiles: '50%' });
  });

  it('follows the rule that the run’s own tables follow', () => {
    const run = workedExample();
    const summary = summarizeData(run, { ...CONTEXT, percentileRule: 'linear' });
    const median = buildCurrentPercentiles(run, summary)[5];
    expect(median).toMatchObject({ 'TTFT (ms)': 250, 'TPOT (ms)': 37.5, 'Decode (tok/s)': 30 });
  });

  it('knows 15 values by evalscope’s own numbers', () => {
    // Observed of its code: of 1..15 p1 is 1, p10 2, p25 4, p50 8, p75 12, p90 14, p95 and p99 15.
    const run = collectRunData(Array.from({ length: 15 }, (_, i) => exampleRecord({ index: i + 1, ttft_ms: i + 1 })));
    const rows = buildCurrentPercentiles(run, summarizeData(run, CONTEXT));
    expect(rows.map((row) => row['TTFT (ms)'])).toEqual([1, 1, 1, 2, 4, 8, 12, 14, 15, 15, 15]);
  });

  it('has no rows without a completed request, and no column without values', () => {
    const none = collectRunData([exampleFailure()]);
    expect(buildCurrentPercentiles(none, summarizeData(none, CONTEXT))).toEqual([]);
    const whole = collectRunData([exampleRecord({ stream: false, ttft_ms: null, tpot_ms: null, chunk_gaps_ms: [] })]);
    const [first] = buildCurrentPercentiles(whole, summarizeData(whole, CONTEXT));
    expect(Object.keys(first ?? {})).not.toContain('TTFT (ms)');
    expect(first).toHaveProperty('Latency (s)');
  });
});

describe('buildCurrentArgs', () => {
  it('speaks evalscope’s names and this run’s scalars', () => {
    const args = buildCurrentArgs({
      args: { model: 'Qwen/Qwen2.5-7B', api: 'openai-chat', dataset: 'line-by-line', parallel: 1, api_key: '***' },
      concurrency: 16,
      number: 160,
      folder: 'outputs/x/parallel_16_number_160',
    });
    expect(args).toEqual({
      model: 'Qwen/Qwen2.5-7B',
      model_id: 'Qwen2.5-7B',
      api: 'openai',
      dataset: 'line_by_line',
      parallel: 16,
      number: 160,
      rate: -1,
      open_loop: false,
      outputs_dir: 'outputs/x/parallel_16_number_160',
      api_key: '***',
    });
  });

  it('says all at once as evalscope does, an open loop at -1', () => {
    const at = (concurrency: number | null): Record<string, unknown> =>
      buildCurrentArgs({ args: { rate: 'inf' }, concurrency, number: 8, folder: 'x' });
    expect(at(null)).toMatchObject({ rate: -1, open_loop: true });
    expect(at(4)).toMatchObject({ rate: -1, open_loop: false });
  });
});

describe('formatRunFolder', () => {
  it('makes the only form that evalscope’s loader takes', () => {
    expect(formatRunFolder({ concurrency: 4, rate: null, number: 40 })).toMatch(/^parallel_(\d+)_number_(\d+)$/);
    expect(formatRunFolder({ concurrency: null, rate: null, number: 40 })).toBe('parallel_0_number_40');
  });

  it.each([
    // Python's str(float), which is what evalscope writes; its loader takes no exponent.
    [5, 'rate_5.0_number_40'],
    [0.25, 'rate_0.25_number_40'],
    [1e-7, 'rate_0.0000001_number_40'],
    ['inf', 'rate_-1.0_number_40'],
  ] as const)('names an open loop at %s by its rate', (rate, name) => {
    expect(formatRunFolder({ concurrency: null, rate, number: 40 })).toBe(name);
    expect(name).toMatch(/^rate_(-?[\d.]+)_number_(\d+)$/);
  });
});
