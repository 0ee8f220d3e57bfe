import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { createFolder, runCli, runInProcess } from './support/cli.ts';
import { listen } from './support/listen.ts';
import { type MockProcess, startMockProcess } from './support/mock-process.ts';

interface Pushed {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let mock: MockProcess;
const pushed: Pushed[] = [];
/** Takes what a Pushgateway and a collector take, and refuses every other path. */
const taker = createServer((request, response) => {
  let body = '';
  request.on('data', (piece: Buffer) => (body += piece.toString()));
  request.on('end', () => {
    pushed.push({ url: request.url, headers: request.headers, body });
    response.writeHead(/^\/(metrics\/job|v1\/metrics)/.test(request.url ?? '') ? 200 : 403).end();
  });
});
let base = '';
const outputs = createFolder();

beforeAll(async () => {
  mock = await startMockProcess(['--ttft-ms', '5']);
  base = `http://127.0.0.1:${await listen(taker)}`;
});
afterAll(async () => {
  await mock.stop();
  taker.close();
});

function run(...more: string[]) {
  const load = [
    '--engine',
    'node',
    '--number',
    '5',
    '--max-tokens',
    '3',
    '--no-test-connection',
    '--server-metrics',
    'off',
  ];
  const place = ['--outputs-dir', outputs, '--no-timestamp'];
  return runCli([
    'run',
    '--url',
    `${mock.url}/v1`,
    '--model',
    'm"x',
    '--api-key',
    'sk-secret-of-run',
    ...load,
    ...place,
    ...more,
  ]);
}

describe('what is pushed after a run', () => {
  it('are its headline numbers with its labels, to each place with the headers for that place alone', async () => {
    const { code } = await run(
      ...['--name', 'one', '--run-id', 'night/7', '--push-prometheus', base, '--push-otlp', base],
      ...['--push-otlp-headers', 'x-key=only-otlp'],
    );
    expect(code).toBe(0);
    const { summary } = JSON.parse(readFileSync(join(outputs, 'one', 'summary.json'), 'utf8')) as SummaryFile;
    const text = pushed.find(({ url }) => url?.startsWith('/metrics/'));
    // base64 of night/7: a slash ends a part of a path.
    expect(text?.url).toBe('/metrics/job/k6_llm_perf/run_id@base64/bmlnaHQvNw');
    const labels = 'run_id="night/7",model="m\\"x",dataset="openqa",engine="node"';
    expect(text?.body.split('\n')).toEqual(
      expect.arrayContaining([
        '# TYPE k6_llm_perf_ttft_seconds gauge',
        `k6_llm_perf_ttft_seconds{${labels},statistic="mean"} ${(summary.ttft_avg_ms as number) / 1000}`,
        `k6_llm_perf_requests{${labels}} 5`,
        `k6_llm_perf_success_ratio{${labels}} 1`,
      ]),
    );
    const otlp = pushed.find(({ url }) => url === '/v1/metrics');
    expect(otlp?.headers['x-key']).toBe('only-otlp');
    const metrics = JSON.parse(otlp?.body ?? '').resourceMetrics[0].scopeMetrics[0].metrics as { name: string }[];
    expect(metrics.find(({ name }) => name === 'k6_llm_perf.requests')).toMatchObject({
      gauge: {
        dataPoints: [
          { asDouble: 5, attributes: expect.arrayContaining([{ key: 'engine', value: { stringValue: 'node' } }]) },
        ],
      },
    });
    expect(text?.headers).not.toHaveProperty('x-key');
    expect(JSON.stringify(pushed)).not.toContain('sk-secret-of-run');
    expect(readFileSync(join(outputs, 'one', 'benchmark_args.json'), 'utf8')).not.toContain('only-otlp');
  });

  it('counts no condition as crossed where there is none, though every request failed', async () => {
    pushed.length = 0;
    const { code } = await run('--name', 'failed', '--headers', 'x-mock-status=500', '--push-prometheus', base);
    expect(code).toBe(99);
    const numbers = pushed.flatMap(({ body }) => body.split('\n')).map((line) => line.replace(/\{.*\}/, ''));
    expect(numbers).toEqual(
      expect.arrayContaining([
        'k6_llm_perf_crossed_conditions 0',
        'k6_llm_perf_failed_requests 5',
        'k6_llm_perf_success_ratio 0',
        'k6_llm_perf_valid 0',
      ]),
    );
  });

  it('goes out for every point of a sweep, and a place that refuses it changes no exit code', async () => {
    pushed.length = 0;
    const { code, stderr } = await run(
      '--name',
      'sweep',
      '--sleep-interval',
      '0',
      '--parallel',
      '1',
      '2',
      '--push-prometheus',
      `${base}/elsewhere?token=hidden`,
      '--push-otlp',
      base,
    );
    expect(code).toBe(0);
    expect(stderr).toContain(`2 of 2 runs were not pushed to ${base}/elsewhere: status 403\n`);
    expect(stderr).not.toContain('hidden');
    expect(
      pushed
        .filter(({ url }) => url === '/v1/metrics')
        .map(({ body }) => /"point","value":\{"stringValue":"([^"]*)"/.exec(body)?.[1]),
    ).toEqual(['parallel 1, number 5', 'parallel 2, number 5']);
  });
});

describe('k6-llm-perf history', () => {
  it('shows the trend of those runs within 80 columns, names what it skips, and is JSON for programs', async () => {
    writeFileSync(join(outputs, 'summary.json'), '[1');
    const { code, stdout, stderr } = await runInProcess(['history', outputs, '--metric', 'avg(ttft)']);
    expect([code, stderr]).toEqual([0, 'skipped summary.json: it is not JSON, or was cut off\n']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('TTFT, mean: mean(ttft), 4 runs');
    expect(lines.filter((line) => /●/.test(line))).toHaveLength(3);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const { runs } = JSON.parse(
      (await runInProcess(['history', outputs, '--metric', 'requests_per_s', '--json'])).stdout,
    );
    expect(runs[0]).toMatchObject({ path: 'one', run_id: 'night/7', model: 'm"x', dataset: 'openqa' });
    const { summary } = JSON.parse(readFileSync(join(outputs, 'one', 'summary.json'), 'utf8')) as SummaryFile;
    expect(runs[0].value).toBeCloseTo(summary.requests_per_s as number);
  });

  it('says everything that is wrong, and what to do in an empty folder', async () => {
    const wrong = await runInProcess(['history', join(outputs, 'nowhere'), '--metric', 'p98(ttft)']);
    expect([wrong.code, wrong.stderr]).toEqual([104, expect.stringContaining('2 problems')]);
    const empty = await runInProcess(['index', createFolder()]);
    expect([empty.code, empty.stderr]).toEqual([
      104,
      expect.stringMatching(/there is no run below .*\n {2}try: k6-llm-perf --url/),
    ]);
  });
});
