import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { CLI_PATH, childrenOf, createFolder, runCli, startCli } from './support/cli.ts';
import { describeEngines, describeK6, runInEngine } from './support/engines.ts';
import { readTimings, requestsSeen, resetMock, startMockProcess } from './support/mock-process.ts';
import { numberIn, readTables } from './support/tables.ts';

let mock: MockServer;
let url: string;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 3, tpotMs: 1, outputTokens: 6 });
  url = `${mock.url}/v1/chat/completions`;
});
afterAll(() => mock.close());
beforeEach(() => resetMock(mock));

/** The flags of a short run. */
const flags = (...more: string[]): string[] => ['--url', url, '--model', 'qwen2.5', '--number', '4', ...more];
/** The folder that a command says it wrote. */
const resultsOf = (cwd: string, stdout: string): string =>
  join(cwd, /^Report +(.*)\/perf_report\.html$/m.exec(stdout)?.[1] ?? 'no results were named');

const RESULT_FILES = [
  'benchmark_args.json',
  'benchmark_data.db',
  'benchmark_percentile.json',
  'benchmark_summary.json',
  'records.jsonl',
  'summary.json',
];

describe('k6-llm-perf', () => {
  it('takes run for the command, with the flags of evalscope', async () => {
    const cwd = createFolder();
    const line = `--url ${url} --parallel 1 --model qwen2.5 --number 15 --api openai --dataset openqa --stream`;
    const { code, stdout } = await runCli(line.split(' '), { cwd });
    expect(code).toBe(0);
    const tables = readTables(stdout);
    expect(numberIn(tables, 'Total requests')).toBe(15);
    expect(numberIn(tables, 'Succeed requests')).toBe(15);
    expect(numberIn(tables, 'Number of concurrency')).toBe(1);
    expect(numberIn(tables, 'Average output tokens per request')).toBe(6);
    expect(tables.percentiles.map(([percentile]) => percentile)).toEqual(
      [10, 25, 50, 66, 75, 80, 90, 95, 98, 99].map((p) => `${p}%`),
    );
    expect(existsSync(resultsOf(cwd, stdout))).toBe(true);
  });

  it('takes its settings from the environment, and short and joined flags over them', async () => {
    const env = { URL: url, MODEL: 'qwen2.5', NUMBER: '2', ENGINE: 'node' };
    const run = await runCli([], { env });
    expect(numberIn(readTables(run.stdout), 'Total requests')).toBe(2);
    expect(numberIn(readTables((await runCli(['-n', '3'], { env })).stdout), 'Total requests')).toBe(3);
    expect(numberIn(readTables((await runCli(['run', '--number=1'], { env })).stdout), 'Total requests')).toBe(1);
  });

  it('suggests the nearest flag for one that does not exist, and sends nothing', async () => {
    const { code, stderr } = await runCli(flags('--paralel', '3', '--no-timestmp'));
    expect(code).toBe(104);
    expect(stderr).toContain('2 problems with the configuration');
    expect(stderr).toContain('did you mean --parallel?');
    expect(stderr).toContain('did you mean --no-timestamp?');
    expect(await readTimings(mock)).toEqual([]);
  });

  it('suggests the nearest command for one that does not exist', async () => {
    const { code, stderr } = await runCli(['repot', 'x.json']);
    expect(code).toBe(104);
    expect(stderr).toContain('k6-llm-perf report');
  });

  it('tells everything that is wrong at once, with flags to paste', async () => {
    const { code, stderr } = await runCli([
      '--parallel',
      '0',
      '--stream',
      '--api',
      'x',
      '--thresholds',
      'nope',
      'stray',
    ]);
    expect(code).toBe(104);
    for (const paste of ['--parallel 8', '--api openai', '--model qwen2.5', '--thresholds']) {
      expect(stderr).toContain(`try:     ${paste}`);
    }
    // It may be a key that lost its flag.
    expect(stderr).toContain('a word of 5 characters, which is not shown: got a word that belongs to no flag');
  });

  it.each([[[]], [['help']], [['--version']], [['--help']], [['-h']], [['run', '--help']]])(
    'answers %j with exit code 0 and nothing on standard error',
    async (args) => {
      const { code, stdout, stderr } = await runCli(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(args[0] === '--version' ? /^k6-llm-perf \d+\.\d+\.\d+\n$/ : /^Usage: k6-llm-perf/m);
    },
  );
});

describeEngines('run', (engine) => {
  it('writes the files of evalscope, its own summary and the records', async () => {
    const cwd = createFolder();
    const { code, stdout, stderr } = await runCli(flags('--engine', engine, '--api-key', 'sk-never-shown'), { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(engine === 'k6' ? 'engine: k6' : 'engine: node');
    const folder = resultsOf(cwd, stdout);
    expect(folder).toMatch(/outputs\/\d{8}_\d{6}\/qwen2\.5$/);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(RESULT_FILES));
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(read('benchmark_args.json')).toMatchObject({
      model: 'qwen2.5',
      parallel: 1,
      number: 4,
      api_key: '**********',
    });
    expect(read('benchmark_summary.json')).toMatchObject({ 'Total requests': 4, 'Succeed requests': 4 });
    expect(read('benchmark_percentile.json')).toHaveLength(10);
    expect(read('summary.json')).toMatchObject({ version: 1, summary: { total_requests: 4, completed_requests: 4 } });
    expect(readFileSync(join(folder, 'benchmark_data.db')).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  it('exits with 99 when a threshold is crossed, after the report', async () => {
    const cwd = createFolder();
    const given = flags('--engine', engine, '--thresholds', 'interactive-chat', '--headers', 'x-mock-tpot-ms=60');
    const { code, stdout } = await runCli(given, { cwd });
    expect(code).toBe(99);
    expect(stdout).toContain('crossed  llm_tpot: p(99)<40');
    expect(readdirSync(resultsOf(cwd, stdout))).toEqual(expect.arrayContaining(RESULT_FILES));
    expect(JSON.parse(readFileSync(join(resultsOf(cwd, stdout), 'summary.json'), 'utf8')).thresholds).toContainEqual(
      expect.objectContaining({ metric: 'llm_tpot', expression: 'p(99)<40', ok: false }),
    );
  });

  it('ends with 108 when the connection test fails, and sends no load', async () => {
    const { code, stdout, stderr } = await runCli(flags('--engine', engine, '--headers', 'x-mock-status=503'));
    expect(code).toBe(108);
    expect(stderr).toContain('connection test failed');
    expect(stdout).not.toContain('Benchmarking summary');
    // The request that looks for redirects, and the run's own; in k6 that again for the words of the refusal.
    expect((await readTimings(mock)).length).toBeLessThanOrEqual(3);
  });

  it('does not overwrite results', async () => {
    const cwd = createFolder();
    const given = flags('--engine', engine, '--no-timestamp');
    expect((await runCli(given, { cwd })).code).toBe(0);
    const folder = join(cwd, 'outputs', 'qwen2.5');
    const before = readFileSync(join(folder, 'records.jsonl'), 'utf8');
    await resetMock(mock);
    const { code, stderr } = await runCli(given, { cwd });
    expect(code).toBe(104);
    expect(stderr).toContain('holds results');
    expect(stderr).toContain('try:     --name qwen2.5-2\n');
    expect(readFileSync(join(folder, 'records.jsonl'), 'utf8')).toBe(before);
    expect(await readTimings(mock)).toEqual([]);
  });

  it('stopped once prints the tables of what was measured, and the totals add up', async () => {
    const cwd = createFolder();
    const given = ['--url', url, '--model', 'm', '--number', '100000', '--parallel', '2', '--engine', engine];
    const { child, finished } = startCli([...given, '--no-timestamp', '--no-test-connection'], { cwd });
    await requestsSeen(mock, 20);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(105);
    expect(stderr).toContain('stopping, what was measured is reported');
    const tables = readTables(stdout);
    const [total, completed, failed] = ['Total requests', 'Succeed requests', 'Failed requests'].map((key) =>
      numberIn(tables, key),
    ) as [number, number, number];
    expect(completed + failed).toBe(total);
    expect(completed).toBeGreaterThan(10);
    expect(failed).toBe(Number(tables.rows['Failed: aborted'] ?? 0));
    expect(failed).toBeLessThanOrEqual(2);
    const end = /^\{"llm_perf":"end".*$/m.exec(readFileSync(join(cwd, 'outputs', 'm', 'records.jsonl'), 'utf8'))?.[0];
    expect(JSON.parse(end ?? '')).toMatchObject({ sent: total });
    expect((await readTimings(mock)).length).toBeGreaterThanOrEqual(completed);
    expect((await readTimings(mock)).length).toBeLessThanOrEqual(total);
  });

  it("stopped by a terminal's Ctrl-C, which every process of the group gets, reports all the same", async () => {
    const given = ['--url', url, '--model', 'm', '--number', '100000', '--engine', engine, '--no-test-connection'];
    const { child, finished } = startCli(given, { ownGroup: true });
    await requestsSeen(mock, 10);
    process.kill(-(child.pid as number), 'SIGINT');
    const { code, stdout } = await finished;
    expect(code).toBe(105);
    expect(numberIn(readTables(stdout), 'Succeed requests')).toBeGreaterThan(5);
    expect(stdout).not.toContain('are missing');
  });

  it('stopped before its first request ends with 105 too', async () => {
    const given = ['--url', url, '--model', 'm', '--number', '100000', '--engine', engine];
    const { child, finished, said } = startCli(given);
    while (!said().includes('engine: ')) await readTimings(mock);
    child.kill('SIGINT');
    const { code, stderr } = await finished;
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(105);
  });

  it('stopped twice ends with 105, and leaves no process behind', async () => {
    const given = ['--url', url, '--model', 'm', '--number', '100000', '--engine', engine, '--no-test-connection'];
    const { child, finished, said } = startCli(given);
    await requestsSeen(mock, 5);
    const started = childrenOf(child);
    expect(started).toHaveLength(engine === 'k6' ? 1 : 0);
    child.kill('SIGINT');
    while (!said().includes('once more to stop at once')) await readTimings(mock);
    child.kill('SIGINT');
    expect((await finished).code).toBe(105);
    // A process that is gone cannot be told apart from one that init has not yet taken leave of, so it is waited for.
    for (const pid of started) while (existsSync(`/proc/${pid}/exe`)) await readTimings(mock);
  });
});

describe('the engine', () => {
  /** A PATH that has Node and no k6. */
  const withoutK6 = { PATH: dirname(process.execPath), K6_BIN: '' };
  const hasK6 = readdirSync(withoutK6.PATH).includes('k6');

  function writeProgram(text: string, mode = 0o755): string {
    const path = join(createFolder(), 'k6');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  it.each([
    ['is not a program', 'this is no k6\n', 0o644],
    ['is another program', '#!/bin/sh\nexit 3\n', 0o755],
    ['has no k6/x/sse', '#!/bin/sh\necho "k6 v1.4.0 (go1.25, linux/amd64)"\n', 0o755],
  ])('k6 whose K6_BIN %s is refused, and the text says what to install', async (_, text, mode) => {
    const env = { K6_BIN: writeProgram(text, mode) };
    const { code, stderr } = await runCli(flags('--engine', 'k6'), { env });
    expect(code).toBe(104);
    expect(stderr).toContain('xk6 build --with github.com/phymbert/xk6-sse');
    expect(stderr).toContain('--engine node');
    expect(await readTimings(mock)).toEqual([]);
  });

  it('auto goes on in Node where K6_BIN is no k6, and says so', async () => {
    const env = { K6_BIN: writeProgram('#!/bin/sh\necho "k6 v1.4.0"\n') };
    const { code, stderr, stdout } = await runCli(flags(), { env });
    expect(code).toBe(0);
    expect(stderr).toContain('engine: node, since');
    expect(stderr).toContain('has no k6/x/sse built in');
    expect(numberIn(readTables(stdout), 'Succeed requests')).toBe(4);
  });

  it.skipIf(hasK6)('k6 that is not there is refused; auto goes on in Node', async () => {
    const env = withoutK6;
    const refused = await runCli(flags('--engine', 'k6'), { env });
    expect(refused.code).toBe(104);
    expect(refused.stderr).toContain('there is no k6 on the PATH, and K6_BIN is not set');
    expect(await readTimings(mock)).toEqual([]);
    const { code, stderr } = await runCli(flags('--engine', 'auto'), { env });
    expect(code).toBe(0);
    expect(stderr).toContain('engine: node, since there is no k6 on the PATH');
  });

  it('node takes no flags for k6', async () => {
    const { code, stderr } = await runCli(flags('--engine', 'node', '--', '--tag', 'a=b'));
    expect(code).toBe(104);
    expect(stderr).toContain('--engine k6');
    expect(await readTimings(mock)).toEqual([]);
  });
});

describeK6('the engine', () => {
  it('auto takes k6 where it is, and hands it the flags after --', async () => {
    const cwd = createFolder();
    const given = flags('--', '--tag', 'team=search', '--out', 'json=k6.json');
    const { code, stdout, stderr } = await runCli(given, { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('engine: k6');
    expect(readFileSync(join(cwd, 'k6.json'), 'utf8')).toContain('"team":"search"');
    expect(readdirSync(resultsOf(cwd, stdout))).not.toContain('samples.json');
  });

  it('k6 is not led astray by variables of its own that would replace the scenario', async () => {
    const env = { K6_VUS: '7', K6_ITERATIONS: '50', K6_DURATION: '1h' };
    const { code, stdout } = await runCli(flags('--engine', 'k6'), { env });
    expect(code).toBe(0);
    expect(numberIn(readTables(stdout), 'Total requests')).toBe(4);
  });
});

describe('the results folder', () => {
  it('that cannot be made is refused before any request', async () => {
    const { code, stderr } = await runCli(flags('--outputs-dir', join(CLI_PATH, 'below-a-file')));
    expect(code).toBe(104);
    expect(stderr).toContain('--outputs-dir');
    expect(await readTimings(mock)).toEqual([]);
  });

  it('is named by --name and lies below --outputs-dir', async () => {
    const cwd = createFolder();
    const given = flags('--name', 'baseline', '--outputs-dir', 'my results/deep', '--no-timestamp', '--engine', 'node');
    expect((await runCli(given, { cwd })).code).toBe(0);
    expect(readdirSync(join(cwd, 'my results', 'deep', 'baseline'))).toEqual(expect.arrayContaining(RESULT_FILES));
  });
});

describe('quickstart', () => {
  it('measures a mock that it starts and stops', async () => {
    const cwd = createFolder();
    const { code, stdout, stderr } = await runCli(['quickstart', '--max-tokens', '5'], { cwd });
    expect(code).toBe(0);
    const tables = readTables(stdout);
    expect(numberIn(tables, 'Succeed requests')).toBe(15);
    expect(tables.percentiles).toHaveLength(10);
    expect(readdirSync(resultsOf(cwd, stdout))).toEqual(expect.arrayContaining(RESULT_FILES));
    expect(stderr).toContain('mock LLM server started');
    const address = /http:\/\/[\d.:]+/.exec(stderr)?.[0] as string;
    await expect(fetch(`${address}/health`)).rejects.toThrow();
  });

  it('measures the server that it is given', async () => {
    const { code, stdout } = await runCli(['quickstart', '--url', url, '--model', 'other']);
    expect(code).toBe(0);
    expect(numberIn(readTables(stdout), 'Succeed requests')).toBe(15);
    const models = (await readTimings(mock)).map(({ model }) => model);
    expect(models).toEqual(Array(17).fill('other'));
  });
});

describe('report', () => {
  const settings = { MODEL: 'm', NUMBER: '6', PARALLEL: '2', PROMPT: 'hi', NO_TEST_CONNECTION: 'true' };

  it('makes the same tables of plain and of compressed samples', async () => {
    const { samplesPath } = await runInEngine('node', 'openqa', { ...settings, URL: url });
    const cwd = createFolder();
    writeFileSync(join(cwd, 'samples.json.gz'), gzipSync(readFileSync(samplesPath)));
    const plain = await runCli(['report', samplesPath], { cwd });
    const compressed = await runCli(['report', 'samples.json.gz'], { cwd });
    const withoutPath = (text: string) => ({ ...readTables(text).rows, 'Result DB path': '' });
    expect([plain.code, compressed.code]).toEqual([0, 0]);
    expect(withoutPath(compressed.stdout)).toEqual(withoutPath(plain.stdout));
    expect(readTables(compressed.stdout).percentiles).toEqual(readTables(plain.stdout).percentiles);
    expect(numberIn(readTables(plain.stdout), 'Total requests')).toBe(6);
    expect(readdirSync(resultsOf(cwd, plain.stdout))).toEqual(
      expect.arrayContaining(RESULT_FILES.filter((name) => name !== 'records.jsonl')),
    );
    expect(resultsOf(cwd, plain.stdout)).not.toBe(resultsOf(cwd, compressed.stdout));
    // What it made is the results folder of a run: it is reported again, compared and exported.
    const made = [plain, compressed].map(({ stdout }) => resultsOf(cwd, stdout)) as [string, string];
    expect(readFileSync(join(made[0], 'samples.json'))).toEqual(readFileSync(samplesPath));
    expect(readdirSync(made[1])).toContain('samples.json.gz');
    const again = await runCli(['report', made[1]], { cwd });
    expect(withoutPath(again.stdout)).toEqual(withoutPath(plain.stdout));
    expect((await runCli(['compare', ...made], { cwd })).stdout).toContain('6');
    expect((await runCli(['export', '--dialect', 'vllm', made[0]], { cwd })).code).toBe(0);
  });

  it('shows a finished run in slices, with its cost and its hand-over, where flags ask for them', async () => {
    const { samplesPath, records } = await runInEngine('node', 'openqa', { ...settings, URL: url });
    const asked = ['--slice', '1s', '--price-input', '2000000', '--enable-pd-metrics'];
    const cwd = createFolder();
    const plain = await runCli(['report', samplesPath], { cwd });
    const { code, stdout } = await runCli(['report', samplesPath, ...asked], { cwd });
    expect([plain.code, code]).toEqual([0, 0]);
    const folder = resultsOf(cwd, stdout);
    const { slices, cost } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
    expect(slices.length).toBeGreaterThan(0);
    // Two for each input token.
    expect(cost.total).toBeCloseTo(2 * records.reduce((sum, { input_tokens }) => sum + (input_tokens as number), 0), 6);
    const summaryOf = (path: string) =>
      readFileSync(join(path, 'parallel_2_number_6', 'benchmark_summary.json'), 'utf8');
    const firsts = records.map(({ chunk_gaps_ms }) => chunk_gaps_ms[0] as number);
    const mean = firsts.reduce((sum, gap) => sum + gap, 0) / firsts.length;
    expect(JSON.parse(summaryOf(folder))['Avg PD Handoff Latency (ms)']).toBeCloseTo(mean, 2);
    expect(summaryOf(resultsOf(cwd, plain.stdout))).not.toContain('Handoff');
  });

  it('merges the files of several runs into one, where that is asked for', async () => {
    const runs = [];
    for (const NUMBER of ['6', '4']) {
      runs.push(await runInEngine('node', 'openqa', { ...settings, NUMBER, URL: url }));
    }
    const { code, stdout } = await runCli(['report', '--anyway', ...runs.map(({ samplesPath }) => samplesPath)]);
    expect(code).toBe(0);
    const tables = readTables(stdout);
    expect(numberIn(tables, 'Total requests')).toBe(10);
    expect(numberIn(tables, 'Total output tokens')).toBe(60);
    const records = runs.flatMap((run) => run.records);
    const latencies = records.map(({ latency_ms }) => latency_ms as number);
    const mean = latencies.reduce((sum, value) => sum + value, 0) / latencies.length / 1000;
    expect(Math.abs(numberIn(tables, 'Average latency (s)') - mean)).toBeLessThanOrEqual(0.000_51);
  });

  it('reports a last line that is cut off, and uses the rest', async () => {
    const { samplesPath, records } = await runInEngine('node', 'openqa', { ...settings, URL: url });
    const text = readFileSync(samplesPath, 'utf8');
    const lastRecord = text.lastIndexOf('"metric":"llm_requests","type":"Point"');
    writeFileSync(samplesPath, text.slice(0, text.indexOf('\n', lastRecord) - 40));
    const { code, stdout } = await runCli(['report', samplesPath]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/samples\.json:\d+: the last line is cut off/);
    expect(numberIn(readTables(stdout), 'Succeed requests')).toBe(records.length - 1);
  });

  it.each([[['report']], [['report', './no-such-file.json']], [['report', '.']]])(
    'refuses %j with 104',
    async (args) => {
      const { code, stderr } = await runCli(args);
      expect(code).toBe(104);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(stderr).toMatch(/try:|k6-llm-perf report reads the results folder of a run/);
    },
  );
});

describe('prepare', () => {
  it('counts tokens once; a run on its file has them though the server counts none', async () => {
    const cwd = createFolder();
    writeFileSync(
      join(cwd, 'my.jsonl'),
      '{"prompt":"Hello world"}\n{"prompt":"你好，世界"}\n{"prompt":"one two three"}\n',
    );
    const prepared = await runCli(['prepare', 'my.jsonl', '--tokenizer', 'o200k_base'], { cwd });
    expect([prepared.code, prepared.stderr]).toEqual([0, '']);
    const file = 'my.o200k_base.jsonl';
    const counts = readFileSync(join(cwd, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { input_tokens: number }).input_tokens);
    // tiktoken, o200k_base: "Hello world" 2, "你好，世界" 3, "one two three" 3.
    expect(counts).toEqual([2, 3, 3]);
    const use = /use: (.*)/.exec(prepared.stdout)?.[1] as string;
    const given = flags(...use.split(' '), '--headers', 'x-mock-usage=off', '--engine', 'node', '-n', '3');
    const { code, stdout } = await runCli(given, { cwd });
    expect(code).toBe(0);
    expect(numberIn(readTables(stdout), 'Total input tokens')).toBe(8);
    expect(readTables(stdout).rows['Output tokens counted by']).toContain('number of chunks');
  });

  it.each([[['prepare']], [['prepare', 'no-such-dataset']], [['prepare', 'openqa', '--tokenizer', 'no-such']]])(
    'refuses %j with 104',
    async (args) => {
      const { code, stderr } = await runCli(args);
      expect(code).toBe(104);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );

  it('says what it does not count of what is made', async () => {
    for (const [name, what] of [
      ['random-vl', 'pictures'],
      ['random-multi-turn', 'conversations'],
    ] as const) {
      const { code, stderr } = await runCli(['prepare', name]);
      expect([code, stderr]).toEqual([104, expect.stringContaining(`${name} makes ${what}, whose tokens`)]);
    }
  });
});

describe('mock', () => {
  it('serves on a free port until it is stopped, and tells its address', async () => {
    const server = await startMockProcess(['--ttft-ms', '1', '--output-tokens', '3']);
    const { code, stdout } = await runCli(['--url', server.url, '--model', 'm', '-n', '2', '--engine', 'node']);
    expect(code).toBe(0);
    expect(numberIn(readTables(stdout), 'Total output tokens')).toBe(6);
    await server.stop();
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  });

  it('refuses a port that is taken, unknown flags and wrong values', async () => {
    const taken = await runCli(['mock', '--port', String(mock.port)]);
    expect(taken.code).toBe(104);
    expect(taken.stderr).toContain('--port 0');
    const wrong = await runCli(['mock', '--ttft', '5', '--seed', 'x']);
    expect(wrong.code).toBe(104);
    expect(wrong.stderr).toContain('2 problems');
    expect(wrong.stderr).toContain('--ttft-ms');
  });
});
