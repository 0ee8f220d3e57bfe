import { parquetReadObjects } from 'hyparquet';
import papaparse from 'papaparse';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { EXAMPLE_CONTEXT, EXAMPLE_RUN } from '../../tests/fixtures/example-run.ts';
import { chunkTimes } from '../measure/chunk-times.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { DIALECT_NAMES, DIALECTS, type DialectName } from './dialects.ts';
import { startConnected } from './without-connecting.ts';

type Json = Readonly<Record<string, unknown>>;

/** The rest are tables, whose rows are in the order of the records. */
const TOOLS = DIALECT_NAMES.filter((name) => name !== 'csv' && name !== 'parquet');

function build(name: DialectName, records: readonly RequestRecord[] = EXAMPLE_RUN, context = EXAMPLE_CONTEXT): Json {
  const dialect = DIALECTS[name].create();
  for (const record of records) dialect.add(record);
  return dialect.build(context) as Json;
}

function metric(json: Json, name: string): Record<string, number> {
  return json[name] as Record<string, number>;
}

// The three requests end at 1000 + 200, 1100 + 200, 1300 + 190 (last chunk with output); usage 4, 0 and 6 ms later.
describe('vllm', () => {
  it('has the keys of vllm bench serve, by its definitions', () => {
    const json = build('vllm');
    expect(json).toMatchObject({
      date: '20260301-120000',
      endpoint_type: 'openai-chat',
      backend: 'openai-chat',
      label: null,
      model_id: 'qwen2.5',
      tokenizer_id: null,
      num_prompts: 5,
      request_rate: 'inf',
      burstiness: 1,
      max_concurrency: 2,
      // First start to last end, the failure's.
      duration: 1,
      completed: 3,
      failed: 2,
      total_input_tokens: 60,
      total_output_tokens: 14,
      request_throughput: 3,
      request_goodput: null,
      output_throughput: 14,
      total_token_throughput: 74,
      // 6 + 4 + 1 chunks with choices, all in the first second.
      max_output_tokens_per_s: 11,
      // 1000..1200 and 1100..1300 overlap; 1300 ends before 1300 starts.
      max_concurrent_requests: 2,
      rtfx: 0,
    });
    // TTFT to the role chunk: 80, 60, 190. E2EL to the last chunk with choices: 200, 200, 190.
    expect(json['mean_ttft_ms']).toBeCloseTo(110, 9);
    expect(json['median_ttft_ms']).toBeCloseTo(80, 9);
    // Population deviation of 80, 60, 190: sqrt((900 + 2500 + 6400) / 3) = 57.1547...
    expect(json['std_ttft_ms']).toBeCloseTo(57.154760664940824, 9);
    // numpy.percentile([60, 80, 190], 99) = 187.8.
    expect(json['p99_ttft_ms']).toBeCloseTo(187.8, 9);
    // (200 - 80) / 4 = 30 and (200 - 60) / 7 = 20; the answer of one token has none.
    expect(json['mean_tpot_ms']).toBeCloseTo(25, 9);
    // Gaps 20, 10, 20, 30, 40 and 30, 60, 50, pooled.
    expect(json['mean_itl_ms']).toBeCloseTo(32.5, 9);
    expect(json['median_itl_ms']).toBeCloseTo(30, 9);
    expect(json['mean_e2el_ms']).toBeCloseTo(590 / 3, 9);
  });

  it('counts chunks second by second', () => {
    const slow = exampleRecord({ start_ms: 0, chunk_gaps_ms: [500, 500, 10, 10], first_choices_ms: 100 });
    expect(build('vllm', [slow])['max_output_tokens_per_s']).toBe(3);
  });
});

describe('aiperf', () => {
  it('has the keys of AIPerf, by its definitions', () => {
    const json = build('aiperf');
    // TTFT to the first content, reasoning too: 100, 60, 190.
    expect(metric(json, 'time_to_first_token')['avg']).toBeCloseTo(350 / 3, 9);
    expect(metric(json, 'time_to_first_token')['p50']).toBe(100);
    expect(metric(json, 'request_latency')['avg']).toBeCloseTo(590 / 3, 9);
    // (200 - 100) / 4 = 25 and (200 - 60) / 7 = 20: its inter-token latency is a TPOT.
    expect(json['inter_token_latency']).toMatchObject({ unit: 'ms', avg: 22.5, min: 20, max: 25, std: 2.5 });
    expect(json['output_token_throughput_per_user']).toMatchObject({ unit: 'tokens/sec/user', avg: 45 });
    expect(metric(json, 'inter_chunk_latency')['avg']).toBeCloseTo(240 / 7, 9);
    expect(metric(json, 'time_to_second_token')['avg']).toBe(20);
    // From 1000 to 1490: the failure lengthens nothing.
    expect(metric(json, 'benchmark_duration')).toEqual({ unit: 'sec', avg: 0.49 });
    expect(metric(json, 'request_throughput')['avg']).toBeCloseTo(3 / 0.49, 9);
    expect(metric(json, 'output_token_throughput')['avg']).toBeCloseTo(14 / 0.49, 9);
    expect(json).toMatchObject({
      schema_version: '1.0',
      request_count: { unit: 'requests', avg: 3 },
      total_isl: { avg: 60 },
      total_osl: { avg: 14 },
      error_request_count: { avg: 2 },
      was_cancelled: true,
      error_summary: [{ error_details: { code: 500, type: 'server_error', message: 'HTTP 500' }, count: 1 }],
      start_time: '2026-03-01T12:00:00.000Z',
      end_time: '2026-03-01T12:00:00.490Z',
    });
  });
});

describe('genai-perf', () => {
  it('has the keys of GenAI-Perf, by its definitions', () => {
    const json = build('genai-perf');
    // TTFT to the first visible text: 100, 150, 190.
    expect(metric(json, 'time_to_first_token')['avg']).toBeCloseTo(440 / 3, 9);
    // Responses after that: gaps 10 and 50.
    expect(metric(json, 'time_to_second_token')['avg']).toBe(30);
    // (200 - 100) / 4; how many tokens of the second answer are visible text, no record tells.
    expect(json['inter_token_latency']).toMatchObject({ avg: 25, min: 25, max: 25 });
    expect(metric(json, 'output_sequence_length')['avg']).toBe(3);
    expect(json).not.toHaveProperty('output_token_throughput');
    expect(metric(json, 'request_throughput')['avg']).toBeCloseTo(3 / 0.49, 9);
    expect(json).toMatchObject({
      request_count: { unit: 'count', avg: 3 },
      input_sequence_length: { unit: 'tokens', avg: 20 },
      input_config: EXAMPLE_CONTEXT.args,
    });
    expect(Object.keys(metric(json, 'request_latency'))).toEqual(
      'unit avg p1 p5 p10 p25 p50 p75 p90 p95 p99 min max std'.split(' '),
    );
  });

  it('rounds a pace to whole nanoseconds, and counts an answer without visible text in the throughput alone', () => {
    // (140 - 100) / 6 = 6.6666666 ms.
    const counted = exampleRecord({ output_tokens: 7 });
    const reasoned = exampleRecord({ index: 1, start_ms: 1100, first_content_ms: null });
    const json = build('genai-perf', [counted, reasoned]);
    expect(metric(json, 'inter_token_latency')['avg']).toBe(6.666667);
    expect(metric(json, 'output_token_throughput')['avg']).toBeCloseTo(7 / 0.14, 9);
    expect(metric(json, 'request_count')['avg']).toBe(1);
    expect(metric(json, 'request_throughput')['avg']).toBeCloseTo(2 / 0.14, 9);
  });
});

describe('evalscope', () => {
  it('has the keys of evalscope 1.14, by its definitions', () => {
    const { benchmark_summary, benchmark_percentile } = build('evalscope') as {
      benchmark_summary: Json;
      benchmark_percentile: Json[];
    };
    expect(benchmark_summary).toEqual({
      // From 1000 to 2000, where the failure ends.
      'Test Duration (s)': 1,
      Concurrency: 2,
      'Request Rate (req/s)': -1,
      'Total Requests': 5,
      'Success Requests': 3,
      'Failed Requests': 2,
      // That which left no record among them.
      'Stream Requests': 5,
      'Non-Stream Requests': 0,
      'Req Throughput (req/s)': 3,
      'Avg Latency (s)': 0.2,
      'Avg Input Tokens': 20,
      'Output Throughput (tok/s)': 14,
      'Total Throughput (tok/s)': 74,
      // To the first output: 100, 60, 190.
      'Avg TTFT (ms)': 116.67,
      // (204 - 100) / 4 = 26 and (200 - 60) / 7 = 20: latency ends with usage, and one token has no pace.
      'Avg TPOT (ms)': 23,
      // 10, 20, 30, 40, 30, 60 and 50.
      'Avg ITL (ms)': 34.29,
      'Avg Output Tokens': 4.6667,
      'Input Throughput (tok/s)': 0,
      // 15 of 30: of the other requests the server tells nothing.
      'KV Cache Hit Rate (%)': 50,
    });
    expect(benchmark_percentile.map((row) => row['Percentiles'])).toEqual(
      'min 1% 5% 10% 25% 50% 75% 90% 95% 99% max'.split(' '),
    );
    // sorted[ceil(n * 50 / 100) - 1]: the second of three, the fourth of seven gaps, the first of two TPOTs: 20 of 20 and
    // 26, and 1000 / 26 of the decode speeds.
    expect(benchmark_percentile[5]).toEqual({
      Percentiles: '50%',
      'Latency (s)': 0.2,
      'TTFT (ms)': 100,
      'ITL (ms)': 30,
      'TPOT (ms)': 20,
      'Input tokens': 20,
      'Output tokens': 5,
      'Output (tok/s)': 24.51,
      'Total (tok/s)': 122.55,
      'Decode (tok/s)': 38.46,
    });
  });

  it('takes the latency of an answer without streaming for its TTFT, and knows none of a stream that nobody saw', () => {
    const summaryOf = (changes: Partial<RequestRecord>): Json => {
      const unseen = { first_choices_ms: null, first_output_ms: null, chunk_gaps_ms: [], latency_ms: 140 };
      return (build('evalscope', [exampleRecord({ ...unseen, ...changes })]) as { benchmark_summary: Json })
        .benchmark_summary;
    };
    expect(summaryOf({ stream: false })).toMatchObject({ 'Avg TTFT (ms)': 140, 'Non-Stream Requests': 2 });
    expect(summaryOf({ stream: true, ttft_rule: 'first-byte' })).not.toHaveProperty(['Avg TTFT (ms)']);
  });

  it('takes TTFT from streamed requests alone where both kinds were sent', () => {
    const plain = exampleRecord({ index: 4, start_ms: 1400, stream: false, first_output_ms: null, ttft_ms: null });
    const { benchmark_summary } = build('evalscope', [plain, ...EXAMPLE_RUN]) as { benchmark_summary: Json };
    expect(benchmark_summary).toMatchObject({
      'Avg TTFT (ms)': 116.67,
      'Avg TPOT (ms)': 23,
      'Stream Requests': 5,
      'Non-Stream Requests': 1,
    });
  });

  it('does not depend on the rule that the run measured TTFT by', () => {
    const ruled = EXAMPLE_RUN.map((record) => ({ ...record, ttft_rule: 'first-chunk' as const, ttft_ms: 1 }));
    expect(build('evalscope', ruled)).toEqual(build('evalscope'));
  });
});

// Two answers side by side: outputs at 100, 120, 140 and at 110, 130, 150, so gaps of 20 within each, 80 in all.
const SEVERAL = exampleRecord({
  ...{ choices: 2, chunk_gaps_ms: [20, 20, 20, 20], chunks: 6, first_choices_ms: 100, first_output_ms: 100 },
  ...{ last_output_ms: 150, latency_ms: 160, output_tokens: 6 },
});

describe('a request of several choices', () => {
  it('ends with its last output, not after all gaps of all choices', () => {
    // To 150, where the gaps add up to 180; (150 - 100) / 5 = 10.
    const vllm = build('vllm', [SEVERAL]);
    expect(vllm).toMatchObject({ mean_e2el_ms: 150, mean_ttft_ms: 100, mean_tpot_ms: 10 });
    for (const name of ['aiperf', 'genai-perf'] as const) {
      const json = build(name, [SEVERAL]);
      expect([name, metric(json, 'request_latency')['avg']]).toEqual([name, 150]);
    }
    expect(metric(build('aiperf', [SEVERAL]), 'inter_token_latency')['avg']).toBe(10);
  });

  it('has no gaps from one chunk to the next, whose order no record holds', () => {
    expect(build('vllm', [SEVERAL])).toMatchObject({ mean_itl_ms: null, max_output_tokens_per_s: null });
    const aiperf = build('aiperf', [SEVERAL]);
    expect(aiperf).not.toHaveProperty('inter_chunk_latency');
    expect(aiperf).not.toHaveProperty('time_to_second_token');
    expect(build('genai-perf', [SEVERAL])).not.toHaveProperty('time_to_second_token');
    const { benchmark_summary } = build('evalscope', [SEVERAL]) as { benchmark_summary: Json };
    expect(benchmark_summary).toMatchObject({ 'Avg TTFT (ms)': 100 });
    expect(benchmark_summary).not.toHaveProperty(['Avg ITL (ms)']);
  });
});

describe('a request within which the clock was set', () => {
  const hour = 3_600_000;
  const jumped = exampleRecord({ index: 1, clock_steps: 1, latency_ms: hour, chunk_gaps_ms: [10, 10, 10, hour] });

  it('counts, and has no time in any tool', () => {
    const records = [exampleRecord(), jumped];
    expect(build('vllm', records)).toMatchObject({ completed: 2, total_output_tokens: 10, mean_e2el_ms: 140 });
    expect(build('vllm', records)).toMatchObject({ mean_itl_ms: (1 + 4 * 10) / 5, max_output_tokens_per_s: null });
    const aiperf = build('aiperf', records);
    expect(aiperf).toMatchObject({ request_count: { avg: 2 }, total_osl: { avg: 10 }, request_latency: { max: 140 } });
    const genai = build('genai-perf', records);
    expect(genai).toMatchObject({ request_count: { avg: 2 }, request_latency: { max: 140 } });
  });
});

describe('the arrivals of an open loop', () => {
  const ofArgs = (args: Json): Json => build('vllm', EXAMPLE_RUN, { ...EXAMPLE_CONTEXT, args } as never);

  // vLLM's burstiness: 1 is Poisson, infinity constant; it has no word for Weibull, ramps of stages and recorded times.
  it.each([
    [{ rate: 5, arrival: null, burstiness: null }, 5, 1],
    [{ rate: 5, arrival: 'constant' }, 5, 'inf'],
    [{ rate: 5, arrival: null, burstiness: 0.5 }, 5, 0.5],
    [{ rate: 5, arrival: 'weibull', burstiness: 0.5 }, 5, null],
    [{ rate: 'inf' }, 'inf', 1],
    [{ rate: null, rate_stages: [{ target: 5, durationS: 10 }] }, null, null],
  ])('%j are rate %s and burstiness %s of vLLM', (args, request_rate, burstiness) => {
    expect(ofArgs(args)).toMatchObject({ request_rate, burstiness });
  });

  it('are the request rate of evalscope, with its -1 for no cap', () => {
    const context = { ...EXAMPLE_CONTEXT, args: { rate: 5 }, concurrency: null } as never;
    const { benchmark_summary } = build('evalscope', EXAMPLE_RUN, context) as { benchmark_summary: Json };
    expect(benchmark_summary).toMatchObject({ 'Request Rate (req/s)': 5, Concurrency: -1 });
  });
});

describe('every dialect', () => {
  it('makes up no number without a completed request', () => {
    const { benchmark_summary } = build('evalscope', []) as { benchmark_summary: Json };
    // 0 is evalscope's for every chat.
    const { 'Input Throughput (tok/s)': _, ...measured } = benchmark_summary;
    expect(Object.keys(measured).filter((key) => /Avg|Throughput|Duration/.test(key))).toEqual([]);
    const vllm = Object.entries(build('vllm', [])).filter(([key]) => /^(mean|median|std|p99)_|throughput/.test(key));
    expect(vllm).toHaveLength(19);
    expect(vllm.every(([, value]) => value === null)).toBe(true);
    expect(
      Object.keys(build('aiperf', [])).filter((key) => /time_to|latency|throughput|_isl|duration/.test(key)),
    ).toEqual([]);
    expect(Object.keys(build('genai-perf', []))).toEqual(['request_count', 'input_config']);
    for (const name of TOOLS) expect(JSON.stringify(build(name, []))).not.toMatch(/NaN|Infinity/);
  });

  it.each(TOOLS)('%s does not depend on the order of the records', (name) => {
    expect(build(name, [...EXAMPLE_RUN].reverse())).toEqual(build(name));
  });
});

describe('tokens that nobody counted', () => {
  const uncounted = EXAMPLE_RUN.map((record) => ({ ...record, input_tokens: null, output_tokens: null }));

  it('are no 0 in any number of evalscope, and no input of 0 in those of vLLM', () => {
    const { benchmark_summary: summary, benchmark_percentile: rows } = build('evalscope', uncounted) as {
      benchmark_summary: Json;
      benchmark_percentile: readonly Json[];
    };
    for (const key of ['Output Throughput (tok/s)', 'Total Throughput (tok/s)', 'Avg Output Tokens', 'Avg TPOT (ms)']) {
      expect([key, summary[key]]).toEqual([key, undefined]);
    }
    for (const key of ['Output (tok/s)', 'Total (tok/s)', 'TPOT (ms)'])
      expect([key, rows[0]?.[key]]).toEqual([key, undefined]);
    expect(build('vllm', uncounted)).toMatchObject({ total_input_tokens: null, total_token_throughput: null });
  });
});

/** A row a request, by the names that people guess; null and '' where there is no value. */
const ROWS = [
  { request_index: 0, outcome: 'completed', ttft_ms: 100, tpot_ms: 26, output_tokens: 5, max_itl_ms: 40 },
  { request_index: 1, outcome: 'completed', ttft_ms: 60, tpot_ms: 20, output_tokens: 8, max_itl_ms: 60 },
  { request_index: 2, outcome: 'completed', ttft_ms: 190, tpot_ms: null, output_tokens: 1, max_itl_ms: null },
  { request_index: 3, outcome: 'failed', ttft_ms: null, tpot_ms: null, output_tokens: null, max_itl_ms: null },
];

describe('tables of requests', () => {
  it('are CSV that readers of CSV read, failed requests with their words among them', () => {
    const hostile = exampleFailure({
      status: null,
      failure: { kind: 'reset', status: null, detail: 'a "quote", a comma\nand a line' },
    });
    const text = build('csv', [...EXAMPLE_RUN, hostile]) as unknown as string;
    const { data, errors } = papaparse.parse<Record<string, string>>(text.trimEnd(), { header: true });
    expect(errors).toEqual([]);
    for (const [i, row] of ROWS.entries()) {
      const texts = Object.entries(row).map(([key, value]) => [key, value === null ? '' : String(value)]);
      expect(data[i]).toMatchObject(Object.fromEntries(texts));
    }
    expect(data[4]).toMatchObject({
      failure_kind: 'reset',
      failure_detail: 'a "quote", a comma\nand a line',
      status: '',
    });
  });

  it('are Parquet that a reader of Parquet reads, in groups of rows', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => exampleRecord({ index, run_id: '天' }));
    const bytes = build('parquet', [...EXAMPLE_RUN, ...many]) as unknown as Uint8Array;
    const rows = await parquetReadObjects({ file: bytes.slice().buffer });
    expect(rows).toHaveLength(4 + 10_001);
    for (const [i, row] of ROWS.entries()) {
      const { request_index, output_tokens, ...others } = row;
      const counts = {
        request_index: BigInt(request_index),
        output_tokens: output_tokens === null ? null : BigInt(output_tokens),
      };
      expect(rows[i]).toMatchObject({ ...others, ...counts });
    }
    expect(rows.at(-1)).toMatchObject({ request_index: 10_000n, run_id: '天', failure_detail: null });
  });

  it('have a head and no rows where there are no requests', async () => {
    expect(build('csv', []) as unknown as string).toMatch(/^request_index,prompt_index,[^\n]*\n$/);
    const bytes = build('parquet', []) as unknown as Uint8Array;
    expect(await parquetReadObjects({ file: bytes.slice().buffer })).toEqual([]);
  });
});

describe('startConnected', () => {
  it('takes connecting off every time of a request, which starts later and ends when it did', () => {
    const sent = exampleRecord({ connect_ms: 30 });
    const connected = startConnected(sent, 99);
    expect(connected).toMatchObject({
      start_ms: 1030,
      end_ms: 1141,
      ttft_ms: 70,
      first_choices_ms: 69,
      latency_ms: 110,
    });
    expect(chunkTimes(connected, connected.start_ms)).toEqual(chunkTimes(sent, sent.start_ms));
  });

  it('takes the estimate where a record does not say it, and nothing where nobody knows or nothing was measured', () => {
    expect(startConnected(exampleRecord(), 30)).toMatchObject({ ttft_ms: 70, latency_ms: 110, last_output_ms: null });
    expect(startConnected(exampleRecord({ connect_ms: 0 }), 30).ttft_ms).toBe(100);
    expect(startConnected(exampleRecord(), null).ttft_ms).toBe(100);
    expect(startConnected(exampleFailure(), 30).start_ms).toBe(1000);
  });
});
