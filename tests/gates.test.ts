import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { formatLine } from '../lib/records/record-line.ts';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { exampleFailure, exampleRecord } from './fixtures/example-record.ts';
import { type CliRun, createFolder, runCli, runInProcess } from './support/cli.ts';
import { describeEngines, runInEngine } from './support/engines.ts';
import { readTimings, resetMock } from './support/mock-process.ts';

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 5, tpotMs: 1, outputTokens: 6 });
});
afterAll(() => mock.close());
beforeEach(() => resetMock(mock));

const SHORT = ['--number', '12', '--parallel', '2', '--no-timestamp', '--no-test-connection'];

interface Judged extends CliRun {
  readonly folder: string;
}

async function run(flags: readonly string[], env: Record<string, string> = {}): Promise<Judged> {
  const cwd = createFolder();
  const words = ['--url', `${mock.url}/v1`, '--model', 'm', '--engine', 'node', ...SHORT, ...flags];
  return { ...(await runCli(words, { cwd, env })), folder: join(cwd, 'outputs', 'm') };
}

async function report(files: readonly string[], flags: readonly string[], env = {}): Promise<Judged> {
  const cwd = createFolder();
  const result = await runCli(['report', ...files, '--no-timestamp', '--name', 'again', ...flags], { cwd, env });
  return { ...result, folder: join(cwd, 'outputs', 'again') };
}

function readSummary(folder: string): SummaryFile {
  return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as SummaryFile;
}

/** Samples that are records, one a line. */
function writeRecords(records: readonly RequestRecord[]): string {
  const path = join(createFolder(), 'records.jsonl');
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return path;
}

describe('gates', () => {
  it('are judged in the report of a run, and all kept pass', async () => {
    const flags = [
      '--gate',
      'p99(ttft)<60000',
      '--gate',
      'goodput(ttft<60000, tpot<60000)>=1',
      '--gate=success_rate==1',
    ];
    const { code, stdout, folder } = await run([...flags, '--thresholds', 'smoke']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Thresholds: 4 passed, 0 crossed\n {2}passed {3}dropped_iterations: count<1 \(0, 1 to spare\)/,
    );
    expect(stdout).toMatch(
      /Gates: 3 passed, 0 crossed\n {2}passed {3}p99\(ttft\)<60000 \([\d.]+ ms, [\d.]+ ms to spare\)/,
    );
    const { gates, thresholds, errors } = readSummary(folder);
    expect(gates.map(({ gate, ok }) => [gate, ok])).toEqual([
      ['p99(ttft)<60000', true],
      ['goodput(ttft<60000, tpot<60000)>=1', true],
      ['success_rate==1', true],
    ]);
    const ttft = readSummary(folder).summary.percentiles.at(-1)?.ttft_ms;
    expect(gates[0]?.value).toBe(ttft);
    expect(gates[0]?.margin).toBe(60_000 - (ttft ?? Number.NaN));
    expect(thresholds.every(({ judged_on, value }) => judged_on === 'records' && value !== undefined)).toBe(true);
    expect(errors?.counts).toEqual({ rate_limited: 0, auth_error: 0, client_error: 0, server_error: 0, aborted: 0 });
  });

  it('that are crossed end a run with 99, and are in every file', async () => {
    const cwd = createFolder();
    const junit = join(cwd, 'reports', 'load.xml');
    const { code, stdout, folder } = await run(['--gate', 'p99(ttft)<1', '--junit', junit]);
    expect(code).toBe(99);
    expect(stdout).toContain('Gates: 0 passed, 1 crossed\n  crossed  p99(ttft)<1 (');
    expect(readSummary(folder).gates[0]).toMatchObject({ ok: false, limit: 1, operator: '<' });
    expect(readFileSync(junit, 'utf8')).toContain('<failure type="crossed"');
    expect(existsSync(join(folder, 'junit.xml'))).toBe(false);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('| ❌ | `p99(ttft)<1` |');
    // Outside of GitHub's runners nothing is written for them.
    expect(stdout).not.toContain('::error');
  });

  it('are reported to GitHub on its runners', async () => {
    const path = join(createFolder(), 'step-summary.md');
    writeFileSync(path, 'what another step wrote\n');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: path };
    const { stdout, code, folder } = await run(['--gate', 'p99(ttft)<1'], env);
    expect(code).toBe(99);
    expect(stdout).toMatch(/^::error title=Gate crossed::p99\(ttft\)<1 \(/m);
    expect(readFileSync(path, 'utf8')).toBe(
      `what another step wrote\n${readFileSync(join(folder, 'summary.md'), 'utf8')}\n`,
    );
  });

  it('change nothing where the summary of the job cannot be written', async () => {
    const { code, stderr } = await run([], { GITHUB_STEP_SUMMARY: '/nowhere/summary.md' });
    expect(stderr).toContain("the job's summary was not written");
    expect(code).toBe(0);
  });

  it('come from the environment and from profiles too', async () => {
    const profile = join(createFolder(), 'profile.json');
    writeFileSync(profile, JSON.stringify({ gates: ['success_rate>=0.5'], thresholds: { llm_ttft: ['p(95)<60000'] } }));
    const { code, folder, stderr } = await run(['--thresholds', profile], { GATES: '["total_requests==12"]' });
    expect(stderr).toContain('added llm_requests_completed count>0');
    expect(readSummary(folder).gates.map(({ gate }) => gate)).toEqual(['total_requests==12', 'success_rate>=0.5']);
    expect(code).toBe(0);
  });

  it('that are wrong are refused all at once, with everything else, before any request', async () => {
    const { code, stderr } = await run(['--gate', 'ttft<500', '--gate', 'success_rate>99', '--max-tokens', '0']);
    expect(code).toBe(104);
    expect(stderr).toContain('3 problems with the configuration');
    expect(stderr).toContain("try:     --gate 'p99(ttft)<500'");
    expect(stderr).toContain("try:     --gate 'success_rate>0.99'");
    expect(await readTimings(mock)).toEqual([]);
  });

  it('judge each point of a sweep, whose exit code is 99 when one is crossed', async () => {
    const cwd = createFolder();
    const words = [
      '--url',
      `${mock.url}/v1`,
      '--model',
      'm',
      '--engine',
      'node',
      '--no-timestamp',
      '--no-test-connection',
    ];
    const { code } = await runCli(
      [
        ...words,
        '--parallel',
        '1',
        '2',
        '--number',
        '3',
        '5',
        '--sleep-interval',
        '0',
        '--gate',
        'total_requests==3',
        '--junit',
        'j.xml',
      ],
      { cwd },
    );
    expect(code).toBe(99);
    const verdicts = ['parallel_1_number_3', 'parallel_2_number_5'].map(
      (point) => readSummary(join(cwd, 'outputs', 'm', point)).gates[0]?.ok,
    );
    expect(verdicts).toEqual([true, false]);
    const junit = readFileSync(join(cwd, 'j.xml'), 'utf8');
    expect(junit).toMatch(/<testsuite name="[^"]*parallel 1, number 3"[^>]*failures="0"/);
    expect(junit).toMatch(/<testsuite name="[^"]*parallel 2, number 5"[^>]*failures="1"/);
  });
});

describe('the report of an old run', () => {
  it('judges by what the run was started with, or by what the flags say', async () => {
    const first = await run(['--gate', 'p99(ttft)<1', '--thresholds', 'smoke']);
    const samples = [join(first.folder, 'records.jsonl')];
    const same = await report(samples, []);
    expect(same.code).toBe(99);
    expect(same.stdout).toContain('Thresholds: 4 passed, 0 crossed');
    expect(same.stdout).toContain('crossed  p99(ttft)<1');
    const other = await report(samples, ['--gate', 'p99(ttft)<60000', '--thresholds', 'interactive-chat']);
    expect(other.stdout).toMatch(/passed {3}llm_ttft: p\(99\)<450 \(/);
    expect(other.stdout).toContain('Gates: 1 passed, 0 crossed');
    expect(other.code).toBe(0);
    const strict = await report(samples, ['--gate', 'avg(latency)<0']);
    expect([strict.code, readSummary(strict.folder).gates.map(({ ok }) => ok)]).toEqual([99, [false]]);
  });

  it('says which thresholds nobody can judge any more, and which profile is gone', async () => {
    const profile = join(createFolder(), 'k6.json');
    writeFileSync(profile, JSON.stringify({ http_req_duration: ['p(95)<60000'], llm_requests_completed: ['count>0'] }));
    const first = await run(['--thresholds', profile]);
    expect(first.stdout).toContain('passed   http_req_duration: p(95)<60000');
    const samples = join(first.folder, 'records.jsonl');
    const again = await report([samples], []);
    expect(again.stdout).toContain('Not judged: http_req_duration: p(95)<60000, which no record tells');
    expect(again.code).toBe(0);
    writeFileSync(samples, readFileSync(samples, 'utf8').replaceAll(profile, '/gone/profile.json'));
    expect((await report([samples], [])).stderr).toContain('(/gone/profile.json) cannot be read any more');
    const refused = await report([samples], ['--thresholds', '/gone/profile.json', '--gate', 'p99()<1']);
    expect([refused.code, refused.stderr.match(/try:/g)?.length]).toEqual([104, 2]);
  });

  it('counts failures by whose fault they were, and what servers asked to wait for', async () => {
    const limited = exampleFailure({
      failure: { kind: 'rate-limited', status: 429, detail: 'HTTP 429; Retry-After: 3; {"error":"later"}' },
      status: 429,
    });
    const path = writeRecords([
      exampleRecord(),
      exampleRecord({ index: 1 }),
      { ...limited, index: 2 },
      { ...limited, index: 3 },
    ]);
    const { code, folder } = await report(
      [path],
      ['--gate', 'rate_limited_rate<0.1', '--gate', 'server_error_rate==0'],
    );
    expect(code).toBe(99);
    expect(readSummary(folder).gates.map(({ value, ok }) => [value, ok])).toEqual([
      [0.5, false],
      [0, true],
    ]);
    expect(readSummary(folder).errors?.retry_after).toEqual({ responses: 2, missing: 0, min_s: 3, avg_s: 3, max_s: 3 });
  });

  it('of one pod of several is judged by the requests that were its share', async () => {
    const half = Array.from({ length: 10 }, (_, i) =>
      exampleRecord({ index: i * 2, segment: '0:1/2', start_ms: 1000 + i * 200, end_ms: 1141 + i * 200 }),
    );
    const share = await report([writeRecords(half)], ['--number', '20']);
    // The other pod is missing, which is said, and none of this one's requests is.
    expect(share.stdout).toContain('Measurement: SUSPECT');
    expect(share.stdout).not.toContain('never went out');
    const missing = await report([writeRecords(half.slice(0, 8))], ['--number', '20']);
    expect(missing.stdout).toContain('2 of the 10 planned requests never went out');
  });

  it('passes an invalid measurement, unless --require-valid asks for more', async () => {
    // A client whose timers were 50 ms late measured itself; from one second on, that is judged.
    const late = exampleRecord({ index: 1, client_lag_ms: 50, start_ms: 2000, end_ms: 2141 });
    const path = writeRecords([exampleRecord({ client_lag_ms: 50 }), late]);
    const lenient = await report([path], []);
    expect(lenient.stdout).toContain('Measurement: INVALID');
    expect(lenient.code).toBe(0);
    const strict = await report([path], ['--require-valid'], { GITHUB_ACTIONS: 'true' });
    expect(strict.stdout).toMatch(/^::error title=Invalid measurement::/m);
    expect(strict.code).toBe(99);
    expect(readFileSync(join(strict.folder, 'junit.xml'), 'utf8')).toContain(
      '<testsuite name="measurement" tests="1" failures="1"',
    );
  });
});

describeEngines('gates in a k6 script', (engine) => {
  const settings = { MODEL: 'm', NUMBER: '3', PROMPT: 'hi', NO_TEST_CONNECTION: 'true' };

  it('wait for the report, and the script says so', async () => {
    const URL = `${mock.url}/v1/chat/completions`;
    const GATES = 'p99(ttft)<1\nsuccess_rate>=1';
    const { stdout, stderr, exitCode, samplesPath } = await runInEngine(engine, 'openqa', { ...settings, URL, GATES });
    const note = 'Gates: 2 not judged by k6 run: use THRESHOLDS, or';
    // Before the load, so that nobody waits for a run that cannot fail; and below its tables.
    expect(stderr.replace(/\\"/g, '"')).toContain(`warning: ${note} k6-llm-perf report`);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`${note} k6-llm-perf report`);
    expect(exitCode).toBe(0);
    const judged = await report([samplesPath], []);
    expect(judged.stdout).toContain('Gates: 1 passed, 1 crossed');
    expect(judged.code).toBe(99);
  });

  it('do not hold for what the report alone has: the script says that they have no effect', async () => {
    const URL = `${mock.url}/v1/chat/completions`;
    const { stderr } = await runInEngine(engine, 'openqa', { ...settings, URL, REQUIRE_VALID: 'on', JUNIT: 'j.xml' });
    expect(stderr).toContain('warning: REQUIRE_VALID has no effect in this script');
    expect(stderr).toContain('warning: JUNIT has no effect in this script');
  });

  it('show the tables that TABLES names', async () => {
    const URL = `${mock.url}/v1/chat/completions`;
    const tablesOf = async (TABLES: string): Promise<string> =>
      (await runInEngine(engine, 'openqa', { ...settings, URL, TABLES })).stdout;
    expect(await tablesOf('all')).toContain('Further results:');
    const main = await tablesOf('main');
    expect(main).toContain('Percentile results:');
    expect(main).not.toContain('Further results:');
    const none = await tablesOf('none');
    expect(none).not.toContain('Benchmarking summary');
    if (engine === 'k6') expect(none).toContain('Measurement: ');
  });

  it('are refused before the run when they are wrong', async () => {
    const URL = `${mock.url}/v1/chat/completions`;
    const { stderr, stdout, exitCode } = await runInEngine(engine, 'openqa', { ...settings, URL, GATES: 'ttft<500' });
    expect(stdout + stderr).toContain("-e GATES='p99(ttft)<500'");
    expect(exitCode).toBe(104);
    expect(await readTimings(mock)).toEqual([]);
  });
});

describe('summary.json', () => {
  const schema = JSON.parse(readFileSync(join('docs', 'summary.schema.json'), 'utf8')) as object;
  const published = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema);
  // The published schema lets later versions add properties; here every one must be described.
  const described = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(
    closed(schema) as object,
  );

  function closed(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(closed);
    if (typeof value !== 'object' || value === null) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
    return 'properties' in inner && 'required' in inner ? { ...inner, additionalProperties: false } : inner;
  }

  function problemsOf(validate: ValidateFunction, folder: string): unknown[] {
    validate(readSummary(folder));
    return (validate.errors ?? []).map(({ instancePath, message, params }) => [instancePath, message, params]);
  }

  it('is as its schema says after a run, with every property described', async () => {
    const { folder } = await run(['--gate', 'p99(ttft)<1', '--gate', 'p99(late)<1', '--thresholds', 'batch']);
    expect(problemsOf(published, folder)).toEqual([]);
    expect(problemsOf(described, folder)).toEqual([]);
  });

  it('is as its schema says when every request failed', async () => {
    const headers = ['--headers', 'x-mock-status=429', 'x-mock-retry-after=2'];
    const { folder } = await run([...headers, '--gate', 'adjusted_p99(latency)<9', '--thresholds', 'smoke']);
    expect(problemsOf(described, folder)).toEqual([]);
    expect(readSummary(folder).errors).toMatchObject({
      rates: { rate_limited: 1 },
      retry_after: { responses: 12, min_s: 2, max_s: 2 },
    });
  });

  it('is as its schema says where a run was long enough for a steady state', async () => {
    const path = writeRecords(
      Array.from({ length: 60 }, (_, index) =>
        exampleRecord({ index, start_ms: index * 100, end_ms: index * 100 + 147, latency_ms: 140 + (index % 7) }),
      ),
    );
    const { folder } = await report([path], ['--parallel', '2']);
    expect(problemsOf(described, folder)).toEqual([]);
    expect(readSummary(folder).steady_state?.state).not.toBe('too-short');
  });

  it('is as its schema says where a script writes it without records', async () => {
    const OUTPUTS_DIR = createFolder();
    await runInEngine('node', 'openqa', {
      ...{ MODEL: 'm', NUMBER: '3', PROMPT: 'hi', NO_TEST_CONNECTION: 'true', THRESHOLDS: 'smoke' },
      URL: `${mock.url}/v1/chat/completions`,
      OUTPUTS_DIR,
    });
    const summary = JSON.parse(readFileSync(join(OUTPUTS_DIR, 'summary.json'), 'utf8')) as SummaryFile;
    expect(summary).toMatchObject({ gates: [], errors: null });
    described(summary);
    expect(described.errors ?? []).toEqual([]);
  });

  it('is refused by the schema when a number is a text, or a property is missing', async () => {
    const { folder } = await run([]);
    const { gates: _, ...rest } = readSummary(folder);
    expect(published(rest)).toBe(false);
    const summary = { ...readSummary(folder).summary, ttft_avg_ms: '29' };
    expect(published({ ...readSummary(folder), summary })).toBe(false);
  });
});

describe('k6-llm-perf export', () => {
  let folder: string;
  beforeAll(async () => {
    folder = (await run([])).folder;
  });

  it.each(['evalscope', 'vllm', 'aiperf', 'genai-perf'] as const)('writes a run as %s', async (dialect) => {
    const { code, stdout } = await runInProcess(['export', folder, '--dialect', dialect]);
    expect(code).toBe(0);
    const json = JSON.parse(stdout) as Record<string, unknown>;
    const average = {
      evalscope: () => (json['benchmark_summary'] as Record<string, number>)['Avg Output Tokens'],
      vllm: () => (json['total_output_tokens'] as number) / (json['completed'] as number),
      aiperf: () => (json['output_sequence_length'] as { avg: number }).avg,
      'genai-perf': () => (json['output_sequence_length'] as { avg: number }).avg,
    }[dialect]();
    expect(average).toBe(6);
  });

  it('writes the requests of a run as CSV and as Parquet', async () => {
    const csv = await runInProcess(['export', folder, '--dialect', 'csv']);
    expect([csv.code, csv.stdout.split('\n').length]).toEqual([0, 1 + 12 + 1]);
    const cwd = createFolder();
    const parquet = await runCli(['export', folder, '--dialect', 'parquet', '--output', 'run.parquet'], { cwd });
    expect([parquet.code, parquet.stdout]).toEqual([0, '']);
    const bytes = readFileSync(join(cwd, 'run.parquet'));
    expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)]).toEqual(['PAR1', 'PAR1']);
  });

  it('is without connecting where the tool keeps its connections, and says so', async () => {
    const meanTtft = async (changes: Partial<RequestRecord>, probes: readonly number[]): Promise<unknown> => {
      const path = writeRecords([exampleRecord(changes), exampleRecord({ ...changes, index: 1 })]);
      appendFileSync(path, probes.map((ms) => `${formatLine('probe', { connect_ms: ms })}\n`).join(''));
      const { stdout, stderr } = await runInProcess(['export', path, '--dialect', 'vllm']);
      // TTFT to the first chunk with choices, 99 ms as it was sent.
      return [JSON.parse(stdout).mean_ttft_ms, /^vllm keeps its connections: (.*)$/m.exec(stderr)?.[1]];
    };
    const without = (ms: string): string => `TTFT and latency are without connecting, ${ms} ms of a request on average`;
    expect(await meanTtft({ connect_ms: 31 }, [])).toEqual([68, without('31.0')]);
    expect(await meanTtft({}, [10, 12, 14])).toEqual([87, without('12.0')]);
    expect(await meanTtft({ connect_ms: 0 }, [])).toEqual([99, undefined]);
    expect(await meanTtft({}, [10])).toEqual([
      99,
      'what connecting took here is not known, and TTFT and latency include it',
    ]);
  });

  it('ends with 99 where no request completed: an empty result is not a result', async () => {
    const path = writeRecords([exampleFailure(), exampleFailure({ index: 1 })]);
    const { code, stdout, stderr } = await runInProcess(['export', path, '--dialect', 'vllm']);
    expect([code, stderr]).toEqual([99, 'nothing was measured: 0 of 2 requests completed\n']);
    expect(JSON.parse(stdout)).toMatchObject({ completed: 0 });
  });

  it('writes to a file, and reads a file of samples', async () => {
    const path = writeRecords([exampleRecord(), exampleRecord({ index: 1, warmup: true })]);
    const cwd = createFolder();
    const { stdout } = await runCli(['export', path, '--dialect', 'vllm', '--output', 'vllm.json'], { cwd });
    expect(stdout).toBe('');
    expect(JSON.parse(readFileSync(join(cwd, 'vllm.json'), 'utf8'))).toMatchObject({ completed: 1, num_prompts: 1 });
  });

  it.each([
    [['--dialect', 'vlm'], 'evalscope, vllm, aiperf, genai-perf, csv, parquet'],
    [[], '--dialect vllm'],
    [['--dialect', 'vllm', '--bogus'], '--bogus'],
  ])('refuses %j with what is allowed', async (flags, text) => {
    const { code, stderr } = await runInProcess(['export', writeRecords([exampleRecord()]), ...flags]);
    expect([code, stderr]).toEqual([104, expect.stringContaining(text)]);
  });

  it('refuses a folder without samples, and a path that is not there', async () => {
    for (const path of [createFolder(), '/nowhere/run']) {
      expect((await runInProcess(['export', path, '--dialect', 'vllm'])).code).toBe(104);
    }
    expect((await runInProcess(['export'])).stderr).toContain('export takes a run');
    expect((await runInProcess(['export', '--help'])).stdout).toContain('--dialect');
  });
});
