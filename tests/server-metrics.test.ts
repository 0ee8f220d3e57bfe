import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { createFolder, startCli } from './support/cli.ts';
import { describeEngines, describeK6, runInEngine } from './support/engines.ts';
import { type MockProcess, type MockTiming, startMockProcess } from './support/mock-process.ts';

let mock: MockProcess;
/** Headers of those who asked for the page of the GPUs. */
const seen: IncomingHttpHeaders[] = [];
const gpu = createServer((request, response) => {
  seen.push(request.headers);
  response.end(`DCGM_FI_DEV_POWER_USAGE{gpu="0"} 300\nDCGM_FI_DEV_POWER_USAGE{gpu="1"} 100\nfans 2\n`);
});

beforeAll(async () => {
  mock = await startMockProcess([
    '--metrics',
    'vllm',
    '--max-running',
    '2',
    '--ttft-ms',
    '120',
    '--cached-tokens',
    '1',
  ]);
  gpu.listen(0, '127.0.0.1');
  await once(gpu, 'listening');
});
afterAll(async () => {
  await mock.stop();
  gpu.close();
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describeEngines("the server's metrics", (engine) => {
  it('are those that the server had, in the tables, the summary and the page; no key goes there', async () => {
    await fetch(`${mock.url}/__reset`, { method: 'POST' });
    seen.length = 0;
    const outputs = createFolder();
    const { port } = gpu.address() as AddressInfo;
    const { code, stdout, stderr } = await startCli([
      ...['run', '--engine', engine, '--url', `${mock.url}/v1`, '--model', 'm', '--api-key', 'sk-very-secret-key'],
      ...['--parallel', '6', '--number', '14', '--warmup-num', '2', '--max-tokens', '20', '--no-test-connection'],
      ...[
        '--gpu-metrics',
        `http://127.0.0.1:${port}/`,
        '--server-metrics-headers',
        'x-team=search',
        '--server-metric',
        'fans',
      ],
      ...['--no-connect-probes', '--require-cold', '--outputs-dir', outputs, '--no-timestamp'],
    ]).finished;
    const timings = (await (await fetch(`${mock.url}/__timings`)).json()) as (MockTiming & { begin_ms: number })[];
    const { server, gates } = JSON.parse(readFileSync(join(outputs, 'm', 'summary.json'), 'utf8')) as SummaryFile;
    if (server === null) throw new Error(`no server: ${stdout}${stderr}`);
    const tokens = timings.reduce((sum, { completion_tokens }) => sum + completion_tokens, 0);
    const prompts = timings.reduce((sum, { prompt_tokens }) => sum + (prompt_tokens ?? 0), 0);
    const firsts = timings.map(
      ({ arrival_ms, chunks }) => (chunks.find(({ kind }) => kind === 'content')?.at_ms ?? 0) - arrival_ms,
    );
    expect(server.summary).toMatchObject({
      requests: 16,
      prompt_tokens: prompts,
      generation_tokens: tokens,
      programs: ['vllm'],
    });
    expect(server.reconciliation).toMatchObject({
      requests: { server: 16, client: 16 },
      prompt_tokens: { client: prompts },
      generation_tokens: { client: tokens },
      notes: [],
    });
    expect(server.summary.ttft?.mean_ms).toBeCloseTo(mean(firsts), 3);
    expect(server.summary.queue?.mean_ms).toBeCloseTo(
      mean(timings.map((timing) => timing.begin_ms - timing.arrival_ms)),
      3,
    );
    expect(server.summary.prefix_cache_hit_ratio).toBeCloseTo(16 / prompts, 10);
    expect(server.summary.running?.max).toBe(2);
    // At most four wait while six ask; a few looks tell no more, and server-truth.test.ts holds each against what was so.
    expect(server.summary.waiting?.max).toBeLessThanOrEqual(4);
    expect(server.summary.gpu_power_w).toEqual({ mean: 400, max: 400 });
    expect(server.summary.named['fans']).toEqual({ first: 2, last: 2, mean: 2, max: 2 });
    expect(stdout).toMatch(/Requests running +\| mean \S+, most 2/);
    expect(stdout).toMatch(/Tokens in, tokens out +\| \d+ and \d+, as we counted/);
    expect(gates.at(-1)).toMatchObject({ ok: false, value: 16 / prompts });
    expect(code).toBe(99);
    expect(readFileSync(join(outputs, 'm', 'perf_report.html'), 'utf8')).toContain(
      '"server":{"rows":[["Requests running"',
    );
    expect(seen.length).toBeGreaterThan(2);
    for (const headers of seen) expect(headers).toMatchObject({ 'x-team': 'search' });
    expect(JSON.stringify(seen)).not.toContain('secret-key');
  });
});

/** A sample of k6's JSON output. */
interface Sample {
  readonly type: string;
  readonly metric: string;
  readonly data: { readonly value: number; readonly tags?: Readonly<Record<string, string>> };
}

describeK6("the server's metrics in plain k6", () => {
  const settings = () => ({ URL: `${mock.url}/v1`, MODEL: 'm', PARALLEL: '6', NUMBER: '18', MAX_TOKENS: '10' });

  it('are read by a VU beside the load, which ends with it and is in no number of ours', async () => {
    await fetch(`${mock.url}/__reset`, { method: 'POST' });
    const outputs = createFolder();
    const reading = { SERVER_METRICS: `${mock.url}/metrics`, CONNECT_PROBES: 'off' };
    const run = await runInEngine('k6', 'openqa', { ...settings(), ...reading });
    expect(run.exitCode).toBe(0);
    expect(run.records).toHaveLength(18);
    const args = ['report', run.samplesPath, '--outputs-dir', outputs, '--no-timestamp'];
    expect((await startCli(args).finished).code).toBe(0);
    const { server, summary } = JSON.parse(readFileSync(join(outputs, 'm', 'summary.json'), 'utf8')) as SummaryFile;
    expect(summary).toMatchObject({ total_requests: 18, concurrency: 6 });
    expect(server?.summary).toMatchObject({ requests: 18, running: { max: 2 }, ttft: { count: 18 } });
    expect(server?.summary.waiting?.max).toBeLessThanOrEqual(4);
    expect(server?.reconciliation.notes).toEqual([]);
  });

  it("are in k6's own metrics with their tags, never among the failed, whether the page is there or not", async () => {
    seen.length = 0;
    const { port } = gpu.address() as AddressInfo;
    const pages = `http://127.0.0.1:${port}/metrics,${mock.url}/nothing-here`;
    const key = { API_KEY: 'sk-very-secret-key', SERVER_METRICS: pages, CONNECT_PROBES: 'off' };
    const run = await runInEngine('k6', 'openqa', { ...settings(), ...key, NO_TEST_CONNECTION: 'true' });
    expect(run.exitCode).toBe(0);
    const samples = readFileSync(run.samplesPath, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"Point"'))
      .map((line) => JSON.parse(line) as Sample);
    const of = (metric: string) => samples.filter((sample) => sample.metric === metric);
    const looks = of('http_reqs').filter(({ data }) => data.tags?.['name'] === 'server metrics');
    // Of both pages one by setup, one by teardown, and the others by the VU.
    const groups = looks.map(({ data: { tags } }) => tags?.['scenario'] ?? tags?.['group']);
    for (const group of ['::setup', '::teardown']) expect(groups.filter((name) => name === group)).toHaveLength(2);
    const beside = groups.filter((name) => name === 'server_metrics');
    expect(beside.length).toBe(groups.length - 4);
    expect(beside.length).toBeGreaterThanOrEqual(4);
    expect(looks.filter(({ data }) => data.tags?.['status'] === '404')).toHaveLength(looks.length / 2);
    expect(of('http_req_failed').filter(({ data }) => data.tags?.['name'] === 'server metrics')).toEqual([]);
    expect(seen).toHaveLength(looks.length / 2);
    for (const headers of seen) expect(headers).not.toHaveProperty('authorization');
  });

  it('are not read where nobody asked for them', async () => {
    const asked: string[] = [];
    const front = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const { port } = front.address() as AddressInfo;
    const few = { NUMBER: '2', PARALLEL: '1', NO_TEST_CONNECTION: 'true', CONNECT_PROBES: 'off' };
    await runInEngine('k6', 'openqa', { ...settings(), ...few, URL: `http://127.0.0.1:${port}/v1` });
    front.close();
    expect(new Set(asked)).toEqual(new Set(['POST /v1/chat/completions']));
  });
});

describe('the page that the command line tries by itself', () => {
  it('is asked for once, without the key and the headers of the API', async () => {
    const asked: (readonly [string, IncomingHttpHeaders])[] = [];
    const front = createServer((request, response) => {
      asked.push([`${request.method} ${request.url}`, request.headers]);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const { port } = front.address() as AddressInfo;
    await startCli([
      ...['run', '--engine', 'node', '--url', `http://127.0.0.1:${port}/v1`, '--model', 'm', '--number', '2'],
      ...['--api-key', 'sk-very-secret-key', '--headers', 'x-team=search', '--no-test-connection'],
      ...['--no-connect-probes', '--outputs-dir', createFolder(), '--no-timestamp'],
    ]).finished;
    front.close();
    const looks = asked.filter(([what]) => what === 'GET /metrics');
    expect(looks).toHaveLength(1);
    expect(looks[0]?.[1]).not.toHaveProperty('authorization');
    expect(looks[0]?.[1]).not.toHaveProperty('x-team');
    const sent = asked.find(([what]) => what === 'POST /v1/chat/completions');
    expect(sent?.[1]).toMatchObject({ authorization: 'Bearer sk-very-secret-key', 'x-team': 'search' });
  });
});
