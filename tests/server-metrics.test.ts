import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
    // Four wait while six ask, but for the moments between an answer and the next request, in which a look may fall.
    expect(server.summary.waiting?.max).toBeGreaterThanOrEqual(2);
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

describeK6("the server's metrics in plain k6", () => {
  it('are read by a VU beside the load, which ends with it and is in no number of ours', async () => {
    await fetch(`${mock.url}/__reset`, { method: 'POST' });
    const outputs = createFolder();
    const settings = { URL: `${mock.url}/v1`, MODEL: 'm', PARALLEL: '6', NUMBER: '18', MAX_TOKENS: '10' };
    const reading = { SERVER_METRICS: `${mock.url}/metrics`, CONNECT_PROBES: 'off' };
    const run = await runInEngine('k6', 'openqa', { ...settings, ...reading });
    expect(run.exitCode).toBe(0);
    expect(run.records).toHaveLength(18);
    const args = ['report', run.samplesPath, '--outputs-dir', outputs, '--no-timestamp'];
    expect((await startCli(args).finished).code).toBe(0);
    const { server, summary } = JSON.parse(readFileSync(join(outputs, 'm', 'summary.json'), 'utf8')) as SummaryFile;
    expect(summary).toMatchObject({ total_requests: 18, concurrency: 6 });
    expect(server?.summary).toMatchObject({ requests: 18, running: { max: 2 }, ttft: { count: 18 } });
    expect(server?.summary.waiting?.max).toBeGreaterThanOrEqual(2);
    expect(server?.summary.waiting?.max).toBeLessThanOrEqual(4);
    expect(server?.reconciliation.notes).toEqual([]);
  });
});
