import { describe, expect, it } from 'vitest';
import { describeServerNotes } from '../report/tables/server-table.ts';
import { ACCEPTED_BY_POSITION, KNOWN_METRICS } from './known-metrics.ts';
import { NAME_ENDS, NAME_STARTS } from './metric-names.ts';
import { describeWarmCache, reconcile } from './reconcile.ts';
import type { ServerReading } from './server-reading.ts';
import { buildServerSeries } from './server-series.ts';
import { countDrafted, summarizeServer } from './summarize-server.ts';

const at = (seconds: number, lines: readonly string[], url = 'http://a/metrics'): ServerReading => ({
  at_ms: seconds * 1000,
  url,
  lines,
  error: null,
});
const summarize = (readings: readonly ServerReading[], from: number, to: number, names: readonly string[] = []) =>
  summarizeServer(buildServerSeries(readings, names), { fromMs: from * 1000, toMs: to * 1000 });

describe('what servers say of a run', () => {
  it.each([
    // vLLM registers its counters of drafts only where it drafts; others had none in older versions.
    ['vllm:num_requests_running 1', 0],
    ['vllm:spec_decode_num_draft_tokens_total 7', 0],
    ['llamacpp:requests_processing 1', null],
    ['vllm:num_requests_running 1\nllamacpp:requests_processing 1', null],
  ])('has drafted tokens: %j', (lines, drafted) => {
    const summary = summarize([at(0, lines.split('\n')), at(2, lines.split('\n'))], 0, 2);
    expect(summary === null ? 'no look' : countDrafted(summary)).toBe(drafted);
  });

  it('is what each of several readers saw: a line that one leaves out is as that one had it', () => {
    const running = (value: number) => [`vllm:num_requests_running ${value}`, 'vllm:prompt_tokens_total 7'];
    const readings = [
      { ...at(0, running(5)), reader: 1 },
      at(1, running(0)),
      // 5 again, which is not news to this reader.
      { ...at(2, []), reader: 1 },
      { ...at(3, []), reader: 1 },
    ];
    const { moments } = buildServerSeries(readings);
    expect(moments.map(({ levels }) => levels.running)).toEqual([5, 0, 5, 5]);
    expect(moments.at(-1)?.counts.prompt_tokens).toBe(0);
  });

  it('names a page that was left alone, and counts all looks', () => {
    const url = 'http://b/metrics';
    const late = (seconds: number, error: string): ServerReading => ({ ...at(seconds, [], url), error });
    const readings = [0, 1, 2].map((seconds) => at(seconds, ['vllm:num_requests_running 1']));
    const series = buildServerSeries([...readings, late(0, 'request timeout'), late(1, 'request timeout, twice')]);
    expect(series).toMatchObject({ givenUp: [url], failedAt: [0, 1000], looks: 5, firstFailure: 'request timeout' });
    expect(describeServerNotes(null, series)).toEqual([
      "2 of 5 looks at the server's metrics failed, the first with request timeout.",
      'http://b/metrics gave no answer in time twice in a row, and was not read again until the run was over.',
    ]);
  });

  it('is levels within it, and the counts between the looks around it', () => {
    const look = (running: number, tokens: number) => [
      `vllm:num_requests_running{engine="0"} ${running}`,
      `vllm:generation_tokens_total{engine="0"} ${tokens}`,
    ];
    const readings = [
      at(0, look(9, 100)),
      at(1, look(9, 150)),
      at(2, look(2, 200)),
      at(3, look(4, 260)),
      at(4, look(0, 300)),
      at(5, look(9, 900)),
    ];
    const server = summarize(readings, 1.5, 3.5);
    // Within: 2 and 4. Tokens: 300 at 4 s less 150 at 1 s.
    expect(server).toMatchObject({
      running: { mean: 3, max: 4 },
      generation_tokens: 150,
      looks: 2,
      programs: ['vllm'],
    });
    expect(server?.waiting).toBeNull();
    expect(server?.prompt_tokens).toBeNull();
  });

  it('adds engines and servers up, and takes the mean of their caches', () => {
    const readings = [
      at(0, [
        'vllm:num_requests_running{engine="0"} 1',
        'vllm:num_requests_running{engine="1"} 2',
        'vllm:kv_cache_usage_perc{engine="0"} 0.2',
        'vllm:kv_cache_usage_perc{engine="1"} 0.4',
      ]),
      at(0, ['sglang:num_running_reqs 4', 'sglang:token_usage 0.9'], 'http://b/metrics'),
    ];
    expect(summarize(readings, 0, 1)).toMatchObject({
      running: { mean: 7, max: 7 },
      kv_cache_ratio: { mean: expect.closeTo(0.5, 10) },
      programs: ['vllm', 'sglang'],
      urls: ['http://a/metrics', 'http://b/metrics'],
    });
  });

  it('counts what a server added after it was started anew, and a series that came later from 0', () => {
    const readings = [
      at(0, ['vllm:request_success_total{finished_reason="stop"} 50']),
      at(1, [
        'vllm:request_success_total{finished_reason="stop"} 60',
        'vllm:request_success_total{finished_reason="length"} 3',
      ]),
      at(2, [
        'vllm:request_success_total{finished_reason="stop"} 4',
        'vllm:request_success_total{finished_reason="length"} 3',
      ]),
    ];
    expect(summarize(readings, 0, 2)?.requests).toBe(10 + 3 + 4);
  });

  it('had no hits in a prefix cache whose count comes with its first hit (SGLang), and all of them when it came', () => {
    // python/sglang/srt/metrics/collector.py: `if cached_tokens > 0: self.cached_tokens_total.labels(…).inc(…)`
    const page = (requests: number, ...more: readonly string[]) => [
      `sglang:num_requests_total{model_name="m"} ${requests}`,
      `sglang:prompt_tokens_total{model_name="m"} ${100 * requests}`,
      ...more,
    ];
    const cached = 'sglang:cached_tokens_total{cache_source="device",model_name="m"} 50';
    const ratio = (...pages: readonly (readonly string[])[]) =>
      summarize(
        pages.map((lines, second) => at(second, lines)),
        0,
        1,
      )?.prefix_cache_hit_ratio;
    expect(ratio([], page(10))).toBe(0);
    expect(ratio(page(5), page(15))).toBe(0);
    expect(ratio(page(5), page(15, cached))).toBe(0.05);
    // A version that counts no requests has no count of hits either.
    expect(ratio([], ['sglang:prompt_tokens_total 1000'])).toBeNull();
  });

  it('takes the current name of a number where a server has the old one too', () => {
    const readings = [at(0, ['vllm:gpu_cache_usage_perc 0.3', 'vllm:kv_cache_usage_perc 0.7'])];
    expect(summarize(readings, 0, 0)?.kv_cache_ratio).toEqual({ mean: 0.7, max: 0.7 });
  });

  it('takes percentiles from buckets as PromQL does', () => {
    const page = (a: number, b: number, inf: number, sum: number) => [
      `vllm:time_to_first_token_seconds_bucket{le="0.1"} ${a}`,
      `vllm:time_to_first_token_seconds_bucket{le="0.2"} ${b}`,
      `vllm:time_to_first_token_seconds_bucket{le="+Inf"} ${inf}`,
      `vllm:time_to_first_token_seconds_sum ${sum}`,
      `vllm:time_to_first_token_seconds_count ${inf}`,
    ];
    // 100 requests: 50 up to 100 ms, 40 up to 200 ms, 10 above. Rank 50 is the end of the first bucket, 99 lies in the last one.
    const server = summarize([at(0, page(5, 5, 5, 1)), at(2, page(55, 95, 105, 16))], 0, 1);
    expect(server?.ttft).toEqual({ count: 100, mean_ms: 150, p50_ms: 100, p99_ms: 200 });
  });

  it('reads labelled series, hits of a cache, drafts by place, and metrics that are asked for', () => {
    const readings = [
      at(0, [
        'vllm:prefix_cache_queries_total 0',
        'vllm:prefix_cache_hits_total 0',
        'vllm:spec_decode_num_drafts_total 0',
        'vllm:spec_decode_num_draft_tokens_total 0',
        'vllm:spec_decode_num_accepted_tokens_total 0',
        'vllm:spec_decode_num_accepted_tokens_per_pos_total{position="0"} 0',
        'vllm:spec_decode_num_accepted_tokens_per_pos_total{position="1"} 0',
        'nv_trt_llm_request_metrics{request_type="waiting"} 3',
        'nv_trt_llm_request_metrics{request_type="max"} 512',
        'mine 2',
      ]),
      at(1, [
        'vllm:prefix_cache_queries_total 1000',
        'vllm:prefix_cache_hits_total 250',
        'vllm:spec_decode_num_drafts_total 100',
        'vllm:spec_decode_num_draft_tokens_total 200',
        'vllm:spec_decode_num_accepted_tokens_total 120',
        'vllm:spec_decode_num_accepted_tokens_per_pos_total{position="0"} 80',
        'vllm:spec_decode_num_accepted_tokens_per_pos_total{position="1"} 40',
        'mine 6',
      ]),
    ];
    expect(summarize(readings, 0, 1, ['mine'])).toMatchObject({
      prefix_cache_hit_ratio: 0.25,
      acceptance_ratio: 0.6,
      acceptance_by_position: [0.8, 0.4],
      waiting: { max: 3 },
      named: { mine: { first: 2, last: 6, mean: 4, max: 6 } },
    });
  });

  it('knows a metric that was asked for only at the moments that had it, and says which no page had', () => {
    const level = 'vllm:num_requests_running 1';
    const readings = [
      at(0, [level]),
      { ...at(1, [level, 'mine_total 120', 'gone 4', 'nan NaN']), isWhole: true },
      { ...at(2, [level, 'mine_total 120']), isWhole: true },
    ];
    const names = ['mine', 'gone', 'nan', 'typo'];
    expect(summarize(readings, 0, 2, names)?.named).toEqual({
      mine: { first: null, last: 120, mean: 120, max: 120 },
      gone: { first: null, last: null, mean: 4, max: 4 },
    });
    const series = buildServerSeries(readings, names);
    expect(describeServerNotes(null, series)).toEqual([
      '--server-metric nan, typo: not a number on any page. Of a histogram, name its _sum or its _count.',
    ]);
    expect(describeServerNotes(null, buildServerSeries([], ['mine']))).toEqual([
      '--server-metric mine: no page of metrics was read. Name it, --server-metrics URL.',
    ]);
    // That no look was answered is said already.
    const failed = { ...at(0, []), error: 'ECONNREFUSED' };
    expect(describeServerNotes(null, buildServerSeries([failed], ['mine']))).toHaveLength(1);
  });

  it('counts moments within the run, and the looks in it that failed', () => {
    const b = 'http://b/metrics';
    const failed = (seconds: number): ServerReading => ({ ...at(seconds, [], b), error: 'ECONNREFUSED' });
    const answered = [0, 1, 2, 3, 4].map((seconds) => at(seconds, ['vllm:num_requests_running 1']));
    const readings = [...answered, failed(0), failed(1), failed(2), failed(4), { ...at(2.5, []), error: 'status 500' }];
    expect(summarize(readings, 1, 3)).toMatchObject({ looks: 3, failed_looks: 3 });
    expect(describeServerNotes(null, buildServerSeries(readings))[0]).toContain('5 of 10 looks');
  });

  it('is null where no look was answered', () => {
    const failed = { ...at(0, []), error: 'ECONNREFUSED' };
    expect(summarize([failed], 0, 1)).toBeNull();
    expect(buildServerSeries([failed])).toMatchObject({ failedAt: [0], firstFailure: 'ECONNREFUSED', moments: [] });
  });

  it('has no ratio without a query, and no level where the page says NaN', () => {
    const server = summarize(
      [at(0, ['vllm:prefix_cache_queries_total 0', 'vllm:prefix_cache_hits_total 0', 'vllm:num_requests_running NaN'])],
      0,
      1,
    );
    expect(server?.prefix_cache_hit_ratio).toBeNull();
    expect(server?.running).toBeNull();
  });
});

describe('the names that a script knows', () => {
  it('are those of the table', () => {
    const ofTable = Object.values(KNOWN_METRICS).flatMap(({ names }) =>
      names.flatMap((name) => name.split(' + ').map((part) => part.replace(/\{.*|_sum$/g, ''))),
    );
    const parts = [...ofTable, ...ACCEPTED_BY_POSITION].map((name) => {
      const start = NAME_STARTS.find((known) => name.startsWith(known)) ?? '';
      return { start, end: name.slice(start.length) };
    });
    expect(new Set(parts.map(({ start }) => start))).toEqual(new Set(NAME_STARTS));
    expect(new Set(parts.map(({ end }) => end))).toEqual(new Set(NAME_ENDS));
  });
});

describe('the two sides of the wire', () => {
  const server = (lines: readonly string[]) =>
    summarize(
      [
        at(
          0,
          lines.map((line) => line.replace(/ \S+$/, ' 0')),
        ),
        at(2, lines),
      ],
      0,
      1,
    );
  const client = {
    completed: 10,
    uncertain: 0,
    parts: 1,
    input_tokens: 100,
    output_tokens: 200,
    choice_input_tokens: 100,
    ttft_avg_ms: 55,
    ttft_error_ms: 1,
  };
  const reconcileWith = (lines: readonly string[], changes = {}) => {
    const summary = server(lines);
    if (summary === null) throw new Error('no look');
    return reconcile(summary, { ...client, ...changes });
  };

  it('agree', () => {
    const lines = [
      'vllm:request_success_total 10',
      'vllm:prompt_tokens_total 100',
      'vllm:generation_tokens_total 201',
      'vllm:time_to_first_token_seconds_sum 0.5',
      'vllm:time_to_first_token_seconds_count 10',
    ];
    expect(reconcileWith(lines)).toEqual({
      requests: { server: 10, client: 10 },
      prompt_tokens: { server: 100, client: 100 },
      generation_tokens: { server: 201, client: 200 },
      energy_per_output_token_j: null,
      output_tokens_per_j: null,
      ttft_beyond_server_ms: 5,
      notes: [],
    });
  });

  it('disagree by more than chance', () => {
    expect(reconcileWith(['vllm:request_success_total 12']).notes).toEqual([
      'The server counted 12 requests and this run sent 10: 2 came from others, so its numbers are not of this run alone.',
    ]);
    expect(reconcileWith(['vllm:request_success_total 12'], { uncertain: 2 }).notes).toEqual([]);
    expect(reconcileWith(['vllm:request_success_total 8']).notes[0]).toContain('where 10 completed');
    expect(reconcileWith(['vllm:generation_tokens_total 150']).notes[0]).toContain(
      "150 generated tokens and the answers' usage adds up to 200, 25.0 % apart",
    );
    expect(reconcileWith(['vllm:generation_tokens_total 250'], { uncertain: 1 }).notes).toEqual([]);
    expect(
      reconcileWith(['vllm:time_to_first_token_seconds_sum 0.7', 'vllm:time_to_first_token_seconds_count 10']).notes[0],
    ).toContain('70.0 ms, is 15.0 ms longer');
    expect(
      reconcileWith(['vllm:time_to_first_token_seconds_sum 0.7', 'vllm:time_to_first_token_seconds_count 10'], {
        ttft_error_ms: 6,
      }).notes,
    ).toEqual([]);
  });

  it('agree where the server counts choices and inputs as requests', () => {
    // Read off vLLM 0.32: with n = 2 each answer is two requests, and its prompt is counted twice.
    const choices = { parts: 2, choice_input_tokens: 200 };
    expect(reconcileWith(['vllm:request_success_total 20', 'vllm:prompt_tokens_total 200'], choices).notes).toEqual([
      "The server counts a prompt once for each of its choices: its 200 prompt tokens are the 100 of the answers' usage.",
    ]);
    expect(reconcileWith(['vllm:request_success_total 10', 'vllm:prompt_tokens_total 100'], choices).notes).toEqual([]);
    expect(reconcileWith(['vllm:prompt_tokens_total 150'], choices).notes[0]).toContain('adds up to 100, 33.3 % apart');
    // Its embedding model ranks 10 documents by the vectors of 11 texts.
    expect(reconcileWith(['vllm:request_success_total 110'], { parts: 11 }).notes).toEqual([]);
    expect(reconcileWith(['vllm:request_success_total 112'], { parts: 11 }).notes).toEqual([
      'The server counted 112 requests and this run sent 10 of at most 11 parts each: 2 came from others, so its numbers are not of this run alone.',
    ]);
  });

  it('say where a cache was warm', () => {
    const warm = (hits: number) => {
      const summary = server(['sglang:prompt_tokens_total 1000', `sglang:cached_tokens_total ${hits}`]);
      return summary === null ? '' : describeWarmCache(summary);
    };
    expect(warm(9)).toBeNull();
    expect(warm(10)).toContain('held 1.0 % of the prompt tokens');
  });
});
