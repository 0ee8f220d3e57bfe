import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { exampleFailure, exampleRecord } from './fixtures/example-record.ts';
import { createFolder, runCli, startProgram } from './support/cli.ts';
import { describeK6, K6_PATH } from './support/engines.ts';

let mock: MockServer;
const folder = createFolder();
/** The results folder of a run of four requests, that took more than a second. */
const run = join(folder, 'run', 'm');

beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 300, tpotMs: 1, outputTokens: 6 });
  const url = `${mock.url}/v1/chat/completions`;
  const made = await runCli(
    ['--engine', 'node', '--url', url, '--model', 'm', '--number', '4', '--no-timestamp', '--outputs-dir', 'run'],
    { cwd: folder },
  );
  expect(made.code).toBe(0);
}, 30_000);
afterAll(() => mock.close());

function write(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const report = (...args: string[]) => runCli(['report', ...args, '--outputs-dir', 'reports'], { cwd: folder });

/** Lines of four records, the given one in place of the second. */
function linesWith(second: string): string {
  const lines = [0, 1, 2, 3].map((index) => record(index));
  lines[1] = second;
  return `${lines.join('\n')}\n`;
}

/** One record a second. */
function record(index: number, changes = {}): string {
  const start_ms = 1000 * index;
  return JSON.stringify(exampleRecord({ index, start_ms, end_ms: start_ms + 141, ...changes }));
}

interface SummaryFile {
  readonly run_id: string | null;
  readonly segments: readonly string[];
  readonly validity: { readonly verdict: string; readonly reasons: readonly string[] };
  readonly summary: Readonly<Record<string, unknown>> & { readonly failures: Readonly<Record<string, number>> };
}

function readSummary(name: string): SummaryFile {
  return JSON.parse(readFileSync(join(folder, 'reports', name, 'summary.json'), 'utf8')) as SummaryFile;
}

describe('report of files that are not samples', () => {
  const K6_CSV = 'metric_name,timestamp,metric_value,check,error\nllm_ttft,1795540997,50.000000,,\n';
  const K6_SUMMARY = { root_group: { name: '', groups: {} }, metrics: { llm_ttft: { avg: 1 } } };

  it.each([
    ['empty.json', '', '"empty.json" is empty; '],
    ['braces.json', '{}', '"braces.json" is {}, JSON that holds nothing, not records of a run; '],
    ['README.md', '# A project\n\nWords.\n', '"README.md" is text, not records of a run; '],
    [
      'k6.csv',
      K6_CSV,
      `"k6.csv" is k6's CSV output, not records of a run; it holds no requests; use k6 run --console-output`,
    ],
    ['export.json', JSON.stringify(K6_SUMMARY, null, 2), `is k6's summary (--summary-export), not records of a run; `],
    ['vllm.json', '{"request_throughput":1.2,"mean_ttft_ms":3}', `is the result of vLLM's or SGLang's benchmark`],
    ['other.json', '{"results":[1,2,3]}', 'is JSON of another kind, not records of a run; '],
    [
      'prompts.jsonl',
      '{"question":"a"}\n{"question":"b"}\n',
      'is lines of JSON of another kind, not records of a run; ',
    ],
    ['image.png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'is a PNG image, not records of a run; '],
    ['random.bin', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 151 + (i >> 3)) & 255)), 'is a binary file'],
    ['packed.gz', gzipSync('# A project\n'), 'is a gzip of text, not records of a run; '],
    ['twice.gz', gzipSync(gzipSync('{}')), 'is a gzip of a gzip in a gzip, not records of a run; unpack it once'],
    ['half.gz', gzipSync('words '.repeat(9000)).subarray(0, 60), 'is a gzip of text, not records of a run; '],
    [
      'idle.json',
      '{"type":"Metric","data":{"name":"vus"},"metric":"vus"}\n',
      'holds samples of k6, but no request of this',
    ],
  ])('%s ends with 104, and says first what it is and what to do', async (name, content, first) => {
    const { code, stdout, stderr } = await report(write(name, content));
    expect(code).toBe(104);
    expect(stderr.split('\n')[0]).toContain(first);
    expect(stdout).toBe('');
    expect(existsSync(join(folder, 'reports'))).toBe(false);
  });

  it.each([
    ['summary.json', "is this tool's summary.json, not records of a run; name the records beside it"],
    ['benchmark_summary.json', "is evalscope's benchmark_summary.json, not records of a run; "],
    ['benchmark_percentile.json', "is evalscope's benchmark_percentile.json, not records of a run; "],
    ['benchmark_args.json', 'is the arguments of a run (benchmark_args.json), not records of a run; '],
    ['benchmark_data.db', 'is a SQLite database, not records of a run; ask it: k6-llm-perf query'],
    ['perf_report.html', 'is an HTML page, not records of a run; '],
    ['missing.json', 'does not exist; '],
  ])('of a results folder, %s', async (name, first) => {
    const { code, stderr } = await report(join('run', 'm', name));
    expect(code).toBe(104);
    expect(stderr.split('\n')[0]).toContain(first);
  });

  it('compare and export refuse them as well', async () => {
    const text = write('words.json', 'words\n');
    for (const args of [
      ['compare', join('run', 'm', 'records.jsonl'), text],
      ['export', text, '--dialect', 'vllm'],
    ]) {
      const { code, stderr } = await runCli(args, { cwd: folder });
      expect([code, stderr.split('\n')[0]]).toEqual([104, expect.stringContaining('"words.json" is text')]);
    }
  });

  it('passes over an empty file beside files with requests, and says so', async () => {
    const { code, stdout, stderr } = await report(
      join('run', 'm'),
      write('none.json', ''),
      '--name',
      'a',
      '--no-timestamp',
    );
    expect(code).toBe(0);
    expect(stderr).toContain('"none.json" is empty, and is passed over');
    expect(stdout).toMatch(/\| Total requests +\| 4 /);
  });
});

describe('report of the same requests twice', () => {
  it.each(['the same name', 'a copy', 'a link', 'a hard link', 'its .gz'])('%s is refused', async (how) => {
    const path = join(run, 'records.jsonl');
    const other = join(createFolder(), 'other.json');
    if (how === 'a copy') copyFileSync(path, other);
    if (how === 'a link') symlinkSync(path, other);
    if (how === 'a hard link') linkSync(path, join(run, 'hard.json'));
    if (how === 'its .gz') writeFileSync(other, gzipSync(readFileSync(path)));
    const second = how === 'the same name' ? path : how === 'a hard link' ? join(run, 'hard.json') : other;
    const { code, stderr } = await report(path, second, '--anyway');
    expect(code).toBe(104);
    expect(stderr.split('\n')[0]).toMatch(/named twice|is the same file as|hold the same requests/);
  });

  it('records of version 1, which have no run id, are known by their index and their start', async () => {
    const old = linesWith(record(1))
      .replace(/"v":2/g, '"v":1')
      .replace(/"run_id":null,"segment":null,/g, '');
    const { code, stderr } = await report(write('old.jsonl', old), write('old.jsonl.gz', gzipSync(old)));
    expect([code, stderr]).toEqual([104, expect.stringContaining('old.jsonl and old.jsonl.gz hold the same requests')]);
  });
});

describe('report of unlike runs', () => {
  const file = (name: string, changes: object, indices = [0, 1, 2, 3]): string =>
    write(name, indices.map((index) => `${record(index, changes)}\n`).join(''));

  it('is refused with the reason, and merges them with --anyway as SUSPECT', async () => {
    const files = [file('first.jsonl', { run_id: 'a' }), file('second.jsonl', { run_id: 'b' })];
    const { code, stderr } = await report(...files);
    expect(code).toBe(104);
    expect(stderr.split('\n')[0]).toBe(
      'first.jsonl and second.jsonl cannot be merged: two runs, a and b; k6-llm-perf compare sets runs side by side, and --anyway merges them all the same',
    );
    // As k6 leaves it, which appends: two runs with other settings, in one file.
    const twice = await report(
      write('twice.jsonl', files.map((path) => readFileSync(join(folder, path), 'utf8')).join('')),
    );
    expect([twice.code, twice.stderr]).toEqual([
      104,
      'twice.jsonl cannot be read as one run: two runs, a and b; k6 appends to the file of --console-output: remove it before a run, or name a new one; --anyway merges what is in it all the same\n',
    ]);
    const merged = await report(...files, '--anyway', '--no-timestamp', '--name', 'anyway');
    expect(merged.code).toBe(0);
    expect(readSummary('anyway')).toMatchObject({
      run_id: null,
      summary: { total_requests: 8 },
      validity: { verdict: 'SUSPECT' },
    });
  });

  it('refuses clocks a year apart, which would make one run of a year', async () => {
    const old = { run_id: null, segment: null };
    const files = [
      file('now.jsonl', old, [0, 2]),
      file('then.jsonl', { ...old, started_at: '2025-03-01T12:00:00.000Z' }, [1, 3]),
    ];
    const { code, stderr } = await report(...files);
    expect([code, stderr.split('\n')[0]]).toEqual([104, expect.stringContaining('clocks 365 days apart')]);
  });

  it('merges instances without a common id, and says which segments there are', async () => {
    const files = [
      file('pod-1.jsonl', { run_id: 'a', segment: '0:1/2', client_lag_ms: 0.2 }, [0, 2]),
      file('pod-2.jsonl', { run_id: 'b', segment: '1/2:1', client_lag_ms: 0.2 }, [1, 3]),
    ];
    expect((await report(...files, '--no-timestamp', '--name', 'pods')).code).toBe(0);
    expect(readSummary('pods')).toMatchObject({
      run_id: null,
      segments: ['0:1/2', '1/2:1'],
      summary: { total_requests: 4 },
      validity: { verdict: 'VALID' },
    });
    // One pod alone is not the run.
    await report(files[0] as string, '--no-timestamp', '--name', 'half');
    expect(readSummary('half').validity).toMatchObject({
      verdict: 'SUSPECT',
      reasons: [expect.stringContaining('only 0:1/2 was read')],
    });
  });
});

describe('report of samples that cannot be read in full', () => {
  it.each([
    ['a later version', record(1).replace('"v":2', '"v":3')],
    ['garbage', 'a\u0000\u0001\u0002b'],
    ['half a record', record(1).slice(0, 300)],
    ['a negative time', record(1, { ttft_ms: -1 })],
    ['a time beyond the end', record(1, { latency_ms: 5000 })],
    ['a number that is none', record(1).replace('"tpot_ms":10', '"tpot_ms":NaN')],
  ])('%s is a lost record: INVALID, and no condition on success passes for it', async (what, line) => {
    const name = what.replace(/ /g, '-');
    const path = write(`${name}.jsonl`, linesWith(line));
    const { code, stdout } = await report(path, '--gate', 'success_rate>=0.99', '--no-timestamp', '--name', name);
    expect(readSummary(name)).toMatchObject({ summary: { total_requests: 3 }, validity: { verdict: 'INVALID' } });
    expect(stdout).toContain('1 line of the samples, a request or what may have been one, cannot be read');
    // Three of four.
    expect(stdout).toContain('success_rate>=0.99 (75 %');
    expect(code).toBe(99);
  });

  it('an unknown kind of failure is a failure', async () => {
    const failed = JSON.stringify(exampleFailure({ index: 1 })).replace('"kind":"http-status"', '"kind":"flood"');
    const { stdout } = await report(write('flood.jsonl', linesWith(failed)), '--no-timestamp', '--name', 'flood');
    expect(readSummary('flood')).toMatchObject({
      summary: { total_requests: 4, completed_requests: 3, failed_requests: 1, failures: { unknown: 1 } },
    });
    expect(stdout).toContain('First unknown: flood: HTTP 500');
  });

  it('damage in the records of a run is reported, and what can be read is used', async () => {
    const lines = readFileSync(join(run, 'records.jsonl'), 'utf8').split('\n');
    const at = lines.findIndex((line) => line.startsWith('{"llm_perf":"record"'));
    lines[at] = `${(lines[at] as string).slice(0, 40)}\ufffd`;
    const { code, stderr } = await report(
      write('damaged.json', lines.join('\n')),
      '--no-timestamp',
      '--name',
      'damaged',
      '--require-valid',
    );
    expect([code, stderr]).toEqual([99, expect.not.stringContaining('    at ')]);
    expect(readSummary('damaged')).toMatchObject({ summary: { total_requests: 3 }, validity: { verdict: 'INVALID' } });
  });

  it('a packed file that ends early, even after a whole line, is reported', async () => {
    const many = Array.from({ length: 400 }, (_, index) => `${record(index)}\n`).join('');
    const packed = gzipSync(many);
    const half = packed.subarray(0, packed.length >> 1);
    expect(() => gunzipSync(half)).toThrow('unexpected end of file');
    const { code } = await report(write('half.jsonl.gz', half), '--no-timestamp', '--name', 'packed');
    expect(code).toBe(0);
    const { summary, validity } = readSummary('packed');
    expect(summary['total_requests']).toBeGreaterThan(100);
    expect(validity).toMatchObject({ verdict: 'INVALID' });
    expect(validity.reasons.join()).toContain('the packed file ends early');
  });

  it('a last line that is cut, as by a kill, is SUSPECT', async () => {
    await report(write('cut.jsonl', linesWith(record(1)).slice(0, -100)), '--no-timestamp', '--name', 'cut');
    expect(readSummary('cut')).toMatchObject({ summary: { total_requests: 3 }, validity: { verdict: 'SUSPECT' } });
  });
});

describeK6('instances of a run', () => {
  it('know their run and their share, without setup too, and are merged; twice one, or two runs, are refused', async () => {
    const made = createFolder();
    const start = async (name: string, segment: string, ...more: string[]): Promise<string> => {
      const path = join(made, name);
      const settings = { MODEL: 'm', URL: `${mock.url}/v1`, NUMBER: '6', PARALLEL: '2', NO_TEST_CONNECTION: 'true' };
      const args = [
        ...['run', '--quiet', '--out', `json=${path}`, '--execution-segment', segment],
        ...['--execution-segment-sequence', '0,1/2,1', ...more],
        ...Object.entries(settings).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
        join(process.cwd(), 'dist', 'openqa.js'),
      ];
      expect((await startProgram(K6_PATH as string, args).finished).code).toBe(0);
      return path;
    };
    const one = await start('one.json', '0:1/2');
    const two = await start('two.json', '1/2:1', '--no-setup');
    const again = await start('again.json', '0:1/2', '-e', 'RUN_ID=mine');
    const merged = await report(two, one, '--no-timestamp', '--name', 'merged');
    expect(merged.code).toBe(0);
    expect(readSummary('merged')).toMatchObject({
      run_id: null,
      segments: ['0:1/2', '1/2:1'],
      summary: { total_requests: 6, expected_requests: 6 },
    });
    expect((await report(one, again)).stderr).toMatch(/two runs, [\w-]{36} and mine;/);
    expect((await report(two, two)).code).toBe(104);
  }, 60_000);
});

it('no refused report leaves a folder behind', () => {
  const left = readdirSync(join(folder, 'reports')).filter((name) => /^\d/.test(name));
  mkdirSync(join(folder, 'reports'), { recursive: true });
  expect(left).toEqual([]);
});
