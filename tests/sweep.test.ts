import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import type { SweepFile } from '../lib/sweep/sweep-json.ts';
import { describeEngines, type EngineName } from './support/engines.ts';
import { loadAll, scanRuns } from './support/evalscope-loader.ts';

const CLI = join(process.cwd(), 'dist', 'node', 'cli.js');

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 4, tpotMs: 1, outputTokens: 5, keepMessages: true });
});
beforeEach(async () => {
  await fetch(`${mock.url}/__reset`, { method: 'POST' });
});
afterAll(() => mock.close());

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sweep-'));

/** The command line as a child process; `onOutput` sees everything it has written so far. */
async function runCli(args: readonly string[], onOutput?: (text: string, stop: () => void) => void) {
  const env = { ...process.env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '' };
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let stdout = '';
  let stderr = '';
  let stopped = false;
  const stop = (): void => {
    if (!stopped) child.kill('SIGINT');
    stopped = true;
  };
  const look = (): void => onOutput?.(stdout + stderr, stop);
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
    look();
  });
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
    look();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

const base = (outputs: string): string[] => [
  ...['--url', `${mock.url}/v1`, '--model', 'org/m', '--outputs-dir', outputs, '--no-timestamp'],
  ...['--no-test-connection', '--sleep-interval', '0'],
];

function sweepFile(outputs: string): SweepFile {
  return JSON.parse(readFileSync(join(outputs, 'm', 'sweep.json'), 'utf8')) as SweepFile;
}

describeEngines('a sweep', (engine: EngineName) => {
  it('measures every point in a folder of its own, and shows them in one table', async () => {
    const outputs = newFolder();
    const { code, stdout, stderr } = await runCli([
      ...base(outputs),
      ...['--engine', engine, '--parallel', '1', '3', '--number', '4', '6', '--warmup-num', '2'],
    ]);
    expect(stderr).toContain('point 2 of 2');
    expect(code).toBe(0);
    expect(readdirSync(join(outputs, 'm')).sort()).toEqual([
      'parallel_1_number_4',
      'parallel_3_number_6',
      'perf_report.html',
      'sweep.json',
    ]);
    expect(readdirSync(join(outputs, 'm', 'parallel_3_number_6')).sort()).toEqual(
      expect.arrayContaining([
        'benchmark_args.json',
        'benchmark_data.db',
        'benchmark_percentile.json',
        'benchmark_summary.json',
        'quick_start',
        'records.jsonl',
        'summary.json',
      ]),
    );
    const table = stdout.slice(stdout.indexOf('Sweep results:'));
    expect(table).toMatch(/\| +1 \| +4 \|.*100\.0% \|\n\| +3 \| +6 \|.*100\.0% \|/);
    expect(table).toMatch(/Best throughput: parallel [13], .* output tok\/s/);

    const file = sweepFile(outputs);
    expect(file).toMatchObject({
      state: 'complete',
      engine,
      args: { parallel: [1, 3], number: [4, 6], warmup_num: 2 },
    });
    expect(file.points.map(({ summary }) => summary.output_tokens_total)).toEqual([20, 30]);
    const quickStart = JSON.parse(
      readFileSync(join(outputs, 'm', 'parallel_3_number_6', 'quick_start', 'benchmark_summary.json'), 'utf8'),
    );
    expect(quickStart).toMatchObject({
      'Number of concurrency': 3,
      'Total requests': 6,
      'Result DB path': `${outputs}/m/parallel_3_number_6/benchmark_data.db`,
    });

    const timings = (await (await fetch(`${mock.url}/__timings`)).json()) as { body: { messages: unknown } }[];
    const prompts = timings.map(({ body }) => JSON.stringify(body.messages));
    // 2 + 4 and 2 + 6 requests, and no prompt twice: the second point goes on where the first one ended.
    expect(prompts).toHaveLength(14);
    expect(new Set(prompts).size).toBe(14);
  });

  it('goes over rates, in folders that evalscope loads, with the curve of latency over throughput', async () => {
    const outputs = newFolder();
    const { code, stdout } = await runCli([
      ...base(outputs),
      ...['--engine', engine, '--rate', '20,40.5', 'inf', '--number', '6', '9', '5'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\| +20 \| +6 \|.*\n\| +40\.5 \| +9 \|.*\n\| +inf \| +5 \|/);
    expect(stdout).toMatch(/^40\.5 requests\/s: 9 of 9 completed/m);
    const { points, args } = sweepFile(outputs);
    expect(args).toMatchObject({ rate: [20, 40.5, 'inf'], number: [6, 9, 5] });
    expect(points.map(({ varies, rate, parallel }) => [varies, rate, parallel])).toEqual([
      ['rate', 20, null],
      ['rate', 40.5, null],
      ['rate', 'inf', null],
    ]);
    const loaded = loadAll(join(outputs, 'm'));
    expect(loaded.map(({ rate, number, requests }) => [rate, number, requests.length])).toEqual([
      [-1, 5, 5],
      [20, 6, 6],
      [40.5, 9, 9],
    ]);
    // evalscope's -1 is an open loop without a limit, and without a target rate.
    expect(loaded.map(({ summary }) => [summary['Request Rate (req/s)'], summary.Concurrency])).toEqual([
      [-1, 0],
      [20, -1],
      [40.5, -1],
    ]);
    expect(readFileSync(join(outputs, 'm', 'perf_report.html'), 'utf8')).toContain('Latency over throughput');
  });

  it('ends in 99 when any point crossed a threshold, and says up to where they hold', async () => {
    const outputs = newFolder();
    const { code, stdout } = await runCli([
      ...base(outputs),
      ...['--engine', engine, '--parallel', '2', '1', '--number', '2', '--thresholds', 'smoke'],
      ...['--junit', join(outputs, 'gate.xml')],
      // Both requests of the first point come through, and none of the second.
      ...['--headers', 'x-mock-status=500', 'x-mock-fail-after=2'],
    ]);
    expect(code).toBe(99);
    expect(stdout).toContain('Conditions:      met up to parallel 2');
    expect(stdout).toContain('crossed at parallel 1: ');
    expect(sweepFile(outputs).points.map(({ meets_thresholds }) => meets_thresholds)).toEqual([true, false]);
    const junit = readFileSync(join(outputs, 'gate.xml'), 'utf8');
    expect(junit).toMatch(/<testsuite name="parallel 2, number 2" tests="\d" failures="0"/);
    expect(junit).toMatch(/<testsuite name="parallel 1, number 2" tests="\d" failures="[1-9]"/);
    expect(junit).toContain('classname="org/m.parallel_1_number_2.thresholds" name="llm_requests_failed: count&lt;1"');
    expect(stdout).toMatch(
      /^::error title=Threshold crossed \(parallel 1%2C number 2\)::llm_requests_failed: count<1/m,
    );
  });
});

describe('a sweep on the Node engine', () => {
  it('reports what was measured when it is stopped within a point', async () => {
    const outputs = newFolder();
    const { code, stdout } = await runCli(
      [
        ...base(outputs),
        ...['--engine', 'node', '--parallel', '2', '1', '4', '--number', '3', '200', '3', '--log-every-n-query', '1'],
      ],
      (text, stop) => {
        if (/point 2 of 3[\s\S]*request 2:/.test(text)) stop();
      },
    );
    expect(code).toBe(105);
    expect(stdout).toContain('Sweep results:');
    expect(stdout).toContain('Not measured: 1 of 3 points.');
    const { state, points } = sweepFile(outputs);
    expect(state).toBe('stopped');
    expect(points.map(({ exit_code }) => exit_code)).toEqual([0, 105]);
    expect(points[1]?.summary.completed_requests).toBeGreaterThan(1);
    expect(points[1]?.summary.completed_requests).toBeLessThan(200);
  });

  it('reports what was measured when it is stopped between two points', async () => {
    const outputs = newFolder();
    const { code, stdout } = await runCli(
      [...base(outputs), ...['--sleep-interval', '1h', '--engine', 'node', '--parallel', '1', '2', '--number', '2']],
      (text, stop) => {
        if (text.includes('parallel 1: ')) stop();
      },
    );
    expect(code).toBe(105);
    expect(stdout).toMatch(/Sweep results:[\s\S]*\| +1 \| +2 \|[\s\S]*Not measured: 1 of 2 points\./);
    expect(sweepFile(outputs)).toMatchObject({ state: 'stopped', points: [{ parallel: 1, exit_code: 0 }] });
  });

  it('does not go on when no request of a point got through', async () => {
    const outputs = newFolder();
    const { stdout, stderr } = await runCli([
      ...base(outputs),
      ...['--engine', 'node', '--parallel', '1', '2', '--number', '2', '--headers', 'x-mock-status=503'],
    ]);
    expect(stderr).toContain('the points after this one are not measured');
    expect(stdout).toContain('Not measured: 1 of 2 points.');
  });

  it('names points that time bounds after the requests they sent', async () => {
    const outputs = newFolder();
    await runCli([...base(outputs), ...['--engine', 'node', '--parallel', '1', '2', '--duration', '1']]);
    const { points } = sweepFile(outputs);
    expect(points.map(({ number }) => number)).toEqual([null, null]);
    for (const { folder, parallel, summary } of points) {
      expect(folder).toBe(`parallel_${parallel}_number_${summary.total_requests}`);
      expect(existsSync(join(outputs, 'm', folder ?? '', 'quick_start', 'benchmark_summary.json'))).toBe(true);
    }
    expect(readdirSync(join(outputs, 'm')).filter((name) => name.startsWith('parallel_'))).toHaveLength(2);
    expect(loadAll(join(outputs, 'm')).map(({ requests, number }) => requests.length - number)).toEqual([0, 0]);
  });

  it.each([
    [['--parallel', '1', '4', '--rate', '1', '2'], 'several rates beside several values of --parallel'],
    [['--rate', '1', '0'], 'RATE (--rate): got "0"'],
    [['--parallel', '1', '4', '16', '--number', '10', '40'], 'NUMBER (--number): got 2 numbers for 3 concurrencies'],
    [['--parallel', '1', '4', '1', '--number', '10'], 'the point parallel 1, number 10 twice'],
    [['--parallel', '1', '0', '--number', '10'], 'PARALLEL (--parallel): got "0"'],
    [
      ['--parallel', '1', '4', '--sleep-interval', 'soon', '--dataset', 'custom'],
      'SLEEP_INTERVAL (--sleep-interval): got "soon"',
    ],
    [
      ['--parallel', '1', '4', '--sleep-interval', 'soon', '--dataset', 'custom'],
      'DATASET_PATH (--dataset-path): got nothing',
    ],
  ])('refuses %j before anything is sent', async (args, text) => {
    const outputs = newFolder();
    const { code, stderr } = await runCli([...base(outputs), '--engine', 'node', ...args]);
    expect(code).toBe(104);
    expect(stderr).toContain(text);
    expect(readdirSync(outputs)).toEqual([]);
    expect(await (await fetch(`${mock.url}/__timings`)).json()).toEqual([]);
  });

  it('never writes into a folder with results, of a sweep or of a run', async () => {
    const outputs = newFolder();
    const sweep = [...base(outputs), '--engine', 'node', '--parallel', '1', '2', '--number', '1'];
    const single = [...base(outputs), '--engine', 'node', '--parallel', '1', '--number', '1'];
    expect((await runCli(sweep)).code).toBe(0);
    for (const args of [sweep, single]) {
      const { code, stderr } = await runCli(args);
      expect(code).toBe(104);
      expect(stderr).toContain('holds results');
    }
  });
});

describeEngines('what evalscope’s report and dashboard load', (engine: EngineName) => {
  it('is a folder in that of a single run, beside the quick start’s files', async () => {
    const outputs = newFolder();
    await runCli([...base(outputs), '--engine', engine, '--parallel', '2', '--number', '12']);
    expect(scanRuns(outputs)).toEqual([join(outputs, 'm')]);
    const runs = loadAll(join(outputs, 'm'));
    expect(runs).toHaveLength(1);
    const run = runs[0] as (typeof runs)[number];
    expect(run).toMatchObject({ parallel: 2, number: 12, unknownKeys: [], streamRequests: 12 });
    expect(run.args).toMatchObject({ model: 'org/m', model_id: 'm', api: 'openai', dataset: 'openqa', rate: -1 });
    expect(new URL(String(run.args['url'])).host).toBe(new URL(mock.url).host);

    const quickStart = JSON.parse(readFileSync(join(outputs, 'm', 'benchmark_summary.json'), 'utf8'));
    expect(quickStart).toMatchObject({ 'Total requests': 12, 'Average output tokens per request': 5 });
    // The same run in both vocabularies: seconds with three decimals there, milliseconds with two here.
    const difference = run.summary['Avg TTFT (ms)'] / 1000 - quickStart['Average time to first token (s)'];
    expect(Math.abs(difference)).toBeLessThan(0.00051);
    expect(run.summary['Output Throughput (tok/s)']).toBeCloseTo(quickStart['Throughput(average tokens/s)'], 2);
    expect(run.labels).toEqual(['min', '1%', '5%', '10%', '25%', '50%', '75%', '90%', '95%', '99%', 'max']);
    expect(run.percentile('max', 'TTFT (ms)')).toBeGreaterThanOrEqual(run.percentile('50%', 'TTFT (ms)'));

    // Every chart of requests is there, in the loader's units: its p99 of TTFT is that of the table.
    expect(run.requests).toHaveLength(12);
    const ttfts = run.requests.map(({ first_chunk_latency }) => first_chunk_latency as number).sort((a, b) => a - b);
    expect(run.percentile('max', 'TTFT (ms)')).toBeCloseTo(ttfts.at(-1) as number, 1);
    expect(run.requests.every(({ inter_token_latencies }) => inter_token_latencies.length === 4)).toBe(true);
  });

  it('loads a sweep as its points, in their order', async () => {
    const outputs = newFolder();
    await runCli([...base(outputs), '--engine', engine, '--parallel', '3', '1', '--number', '3']);
    expect(scanRuns(outputs)).toEqual([join(outputs, 'm')]);
    expect(loadAll(join(outputs, 'm')).map(({ parallel, requests }) => [parallel, requests.length])).toEqual([
      [1, 3],
      [3, 3],
    ]);
  });
});

describe('what evalscope’s loader makes of unusual runs', () => {
  it.each([
    ['no stream', ['--no-stream'], { 'Avg TTFT (ms)': 0, 'Non-Stream Requests': 4, 'Success Requests': 4 }],
    ['only failures', ['--headers', 'x-mock-status=500'], { 'Avg Latency (s)': 0, 'Failed Requests': 4 }],
    [
      'a server that counts no tokens',
      ['--headers', 'x-mock-usage=off'],
      { 'Avg Input Tokens': 0, 'Success Requests': 4 },
    ],
    ['a prompt cache', ['--headers', 'x-mock-cached-tokens=2'], { 'Success Requests': 4 }],
  ])('with %s: no null fails the load', async (_, flags, summary) => {
    const outputs = newFolder();
    await runCli([...base(outputs), '--engine', 'node', '--number', '4', ...flags]);
    const [run] = loadAll(join(outputs, 'm'));
    expect(run?.summary).toMatchObject(summary);
    expect(run?.requests).toHaveLength(4);
  });

  it('finds a run below date and model, and takes the date from its folder', async () => {
    const outputs = newFolder();
    const args = base(outputs).filter((word) => word !== '--no-timestamp');
    await runCli([...args, '--engine', 'node', '--number', '1']);
    const [found] = scanRuns(outputs);
    expect(found?.slice(outputs.length)).toMatch(/^\/\d{8}_\d{6}\/m$/);
  });
});
