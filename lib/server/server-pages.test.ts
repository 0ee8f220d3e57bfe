import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createChangedLines } from './changed-lines.ts';
import { reconcile } from './reconcile.ts';
import { parseServerReading, type ServerReading, serverReadingContent } from './server-reading.ts';
import { buildServerSeries } from './server-series.ts';
import { summarizeServer } from './summarize-server.ts';

// Pages in the shapes of real servers: tests/fixtures/metrics/README.md names where each shape comes from.
const FOLDER = new URL('../../tests/fixtures/metrics/', import.meta.url);
const SPAN = { fromMs: 0, toMs: 10_000 };

function look(at_ms: number, page: string, { changed } = createChangedLines([])): ServerReading {
  const reading = parseServerReading(serverReadingContent(at_ms, 'http://a/metrics', changed(page)));
  if (reading === null) throw new Error('not read back');
  return reading;
}

function readPages(server: string) {
  const pages = ['before', 'after'].map((when) => readFileSync(new URL(`${server}-${when}.txt`, FOLDER), 'utf8'));
  // A look before the run and one after it, each with all of its page.
  const readings = pages.map((page, index) => look(index * 10_000, page));
  return summarizeServer(buildServerSeries(readings), SPAN);
}

const mean = (mean_ms: number) => expect.objectContaining({ mean_ms: expect.closeTo(mean_ms, 6) });
const level = (most: number) => ({ mean: most / 2, max: most });

describe('the page of', () => {
  it.each([
    [
      'llama-cpp',
      // 750 computed and 250 from the cache are the 1000 prompt tokens of a client's usage.
      { programs: ['llama.cpp'], prompt_tokens: 1000, generation_tokens: 400, running: level(3), requests: null },
    ],
    ['llama-cpp', { prefix_cache_hits: 250, prefix_cache_queries: 1000, prefix_cache_hit_ratio: 0.25 }],
    ['llama-cpp', { draft_tokens: 200, accepted_tokens: 100, acceptance_ratio: 0.5, ttft: null, kv_cache_ratio: null }],
    [
      'llama-cpp-2024',
      {
        prompt_tokens: 750,
        prefix_cache_hit_ratio: null,
        draft_tokens: null,
        kv_cache_ratio: { mean: 0.25, max: 0.25 },
      },
    ],
    ['tgi', { programs: ['tgi'], requests: 50, prompt_tokens: 6000, generation_tokens: 2000, running: level(3) }],
    ['tgi', { waiting: level(2), queue: mean(20), itl: mean(30), latency: mean(1500), ttft: null }],
    ['trtllm', { programs: ['tensorrt-llm'], requests: 50, prompt_tokens: 5000, generation_tokens: 2500 }],
    ['trtllm', { running: level(4), waiting: level(1), ttft: mean(200), itl: mean(150), prefill: mean(120) }],
    ['trtllm', { queue: mean(110), latency: mean(2000), acceptance_ratio: 0.75, acceptance_by_position: [] }],
    ['lmdeploy', { programs: ['lmdeploy'], requests: 50, prompt_tokens: 5000, generation_tokens: 2500 }],
    ['lmdeploy', { running: level(4), ttft: mean(200), itl: mean(140), prefill: mean(120), queue: mean(110) }],
    ['lmdeploy', { acceptance_ratio: 0.75, acceptance_by_position: [expect.closeTo(0.9, 6), expect.closeTo(0.6, 6)] }],
    ['triton', { programs: ['triton'], requests: 50, running: level(5), waiting: level(2) }],
    ['triton', { kv_cache_ratio: { mean: 0.4, max: 0.4 }, prompt_tokens: null }],
    // 300 J of one GPU and 100 J of the other, which is split in two and told twice.
    ['dcgm', { programs: [], gpu_energy_j: 400, gpu_power_w: { mean: 400, max: 400 }, running: null }],
  ])('%s is read: %j', (server, expected) => {
    expect(readPages(server)).toMatchObject(expected);
  });
});

describe('counts that are sums of histograms (TGI)', () => {
  const page = (when: string) => readFileSync(new URL(`tgi-${when}.txt`, FOLDER), 'utf8');

  it('are those of the looks that have them, and not known between', () => {
    const reader = createChangedLines([]);
    // The load is from 1 to 4 s; of the looks beside it one falls behind its end and before the last look.
    const readings = [
      look(0, page('before'), reader),
      look(2000, page('before'), reader),
      look(5000, page('after'), reader),
      look(6000, page('after')),
    ];
    const series = buildServerSeries(readings);
    expect(series.moments.map(({ counts }) => counts.prompt_tokens)).toEqual([0, undefined, undefined, 6000]);
    // 18000 - 12000 and 6000 - 4000, as the two pages have them.
    const summary = summarizeServer(series, { fromMs: 1000, toMs: 4000 });
    expect(summary).toMatchObject({ requests: 50, prompt_tokens: 6000, generation_tokens: 2000 });
  });
});

describe('energy', () => {
  const power = (watts: number | string, uuid = 'a') => `DCGM_FI_DEV_POWER_USAGE{UUID="${uuid}"} ${watts}\n`;
  const client = {
    ...{ completed: 4, uncertain: 0, parts: 1, input_tokens: 10, output_tokens: 50, choice_input_tokens: 10 },
    ...{ ttft_avg_ms: 1, ttft_error_ms: 1 },
  };

  it('is the integral of the power where no counter tells it, within the run alone', () => {
    const readings = [look(0, power(100)), look(4000, power(300)), look(8000, power(300)), look(12_000, power(100))];
    const summary = summarizeServer(buildServerSeries(readings), { fromMs: 2000, toMs: 10_000 });
    // 2 s from 200 to 300 W, 4 s at 300 W, 2 s from 300 to 200 W: 500 + 1200 + 500 J.
    expect(summary?.gpu_energy_j).toBeCloseTo(2200, 9);
    const told = reconcile(summary as NonNullable<typeof summary>, client);
    expect(told.energy_per_output_token_j).toBeCloseTo(44, 9);
    expect(told.output_tokens_per_j).toBeCloseTo(50 / 2200, 9);
  });

  it('is not known without GPUs, with one look, and per token without tokens', () => {
    const none = summarizeServer(buildServerSeries([look(0, 'vllm:num_requests_running 1\n')]), SPAN);
    expect(none?.gpu_energy_j).toBeNull();
    expect(summarizeServer(buildServerSeries([look(0, power(100))]), SPAN)?.gpu_energy_j).toBeNull();
    const idle = summarizeServer(buildServerSeries([look(0, power(100)), look(9000, power(100))]), SPAN);
    const told = reconcile(idle as NonNullable<typeof idle>, { ...client, output_tokens: null });
    expect(told).toMatchObject({ energy_per_output_token_j: null, output_tokens_per_j: null });
  });

  it('is not that of the run where the power is known in a part of it alone', () => {
    const readings = [look(0, power(100)), look(4000, power(100))];
    const joules = (toMs: number) =>
      summarizeServer(buildServerSeries([...readings, look(9000, 'vllm:num_requests_running 1\n')]), {
        ...{ fromMs: 0, toMs },
      })?.gpu_energy_j;
    // 4 of 4.4 s are covered, and 4 of 8 s.
    expect(joules(4400)).toBeCloseTo(400, 9);
    expect(joules(8000)).toBeNull();
  });

  it('survives a counter that begins anew, and takes no part of it for all', () => {
    const energy = (a: number, b: number) =>
      `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="a"} ${a}\nDCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{UUID="b"} ${b}\n`;
    const readings = [
      look(0, energy(9e9, 5000)),
      look(5000, energy(9e9 + 2000, 6000)),
      look(10_000, energy(500, 7000)),
    ];
    // 2 J and 0.5 J after the restart, and 2 J of the other.
    expect(summarizeServer(buildServerSeries(readings), SPAN)?.gpu_energy_j).toBeCloseTo(4.5, 9);
  });
});

describe('a page that is not as it should be', () => {
  const series = (...pages: (string | null)[]) => {
    const reader = createChangedLines([]);
    return buildServerSeries(
      pages.map((page, index) =>
        page === null
          ? { at_ms: index * 1000, url: 'http://a/metrics', lines: [], error: 'status 500' }
          : look(index * 1000, page, index < pages.length - 1 ? reader : undefined),
      ),
    );
  };
  const count = (value: string | number) => `vllm:generation_tokens_total ${value}\nvllm:num_requests_running 3\n`;
  const summarize = (...pages: (string | null)[]) => summarizeServer(series(...pages), SPAN);

  it('gives no count for NaN and infinities, and goes on where it was', () => {
    expect(summarize(count(1000), count('NaN'), count(1007))?.generation_tokens).toBe(7);
    expect(summarize(count('NaN'), count(1000), count(1007))?.generation_tokens).toBe(7);
    expect(summarize(count('+Inf'), count('NaN'))?.generation_tokens).toBeNull();
  });

  it('knows no level of a server that does not answer', () => {
    const { moments } = buildServerSeries([
      { at_ms: 0, url: 'a', lines: ['vllm:num_requests_running 5'], error: null },
      { at_ms: 0, url: 'b', lines: ['vllm:num_requests_running 2'], error: null },
      { at_ms: 1000, url: 'a', lines: [], error: 'ECONNREFUSED' },
      { at_ms: 1000, url: 'b', lines: [], error: null },
      { at_ms: 2000, url: 'a', lines: ['vllm:num_requests_running 1'], error: null },
      { at_ms: 2000, url: 'b', lines: [], error: null },
    ]);
    expect(moments.map(({ levels }) => levels.running)).toEqual([7, 2, 3]);
    expect(series(count(1), null, null).moments).toHaveLength(1);
  });

  it('leaves a series out that is there twice with different values', () => {
    const twice = (a: number, b: number) => `${count(a)}vllm:generation_tokens_total ${b}\n`;
    const told = series(twice(5, 7), twice(6, 7), twice(900, 7));
    expect(told.ambiguous).toBe(1);
    expect(summarizeServer(told, SPAN)).toMatchObject({ generation_tokens: null, running: { mean: 3, max: 3 } });
    // The same line twice says one thing.
    expect(series(twice(5, 5), twice(6, 6))).toMatchObject({ ambiguous: 0 });
  });

  it('has a mean and no p99 of a histogram without its last bucket', () => {
    const page = (n: number) =>
      `vllm:time_to_first_token_seconds_bucket{le="0.1"} ${n / 2}\nvllm:time_to_first_token_seconds_sum ${n}\nvllm:time_to_first_token_seconds_count ${n}\n`;
    expect(summarize(page(0), page(100))?.ttft).toEqual({ count: 100, mean_ms: 1000, p50_ms: 100, p99_ms: null });
  });

  it('is not a page of metrics: nothing is known of it', () => {
    const html = '<!doctype html>\n<html><body><h1>Sign in</h1>\nvllm is great</body></html>\n';
    expect(series(html, html)).toMatchObject({ silent: ['http://a/metrics'], failedAt: [] });
    expect(summarize(html, html)).toBeNull();
    expect(series('[{"iter": 1}]').silent).toEqual(['http://a/metrics']);
  });

  it('may be long', () => {
    const lines = Array.from(
      { length: 12_000 },
      (_, i) => `other_metric_bucket{le="${i}",path="/a/long/path/${i}"} ${i}`,
    );
    expect(`${lines.join('\n')}`.length).toBeGreaterThan(600_000);
    expect(summarize(`${lines.join('\n')}\n${count(5)}`, `${count(9)}${lines.join('\n')}\n`)?.generation_tokens).toBe(
      4,
    );
  });
});
