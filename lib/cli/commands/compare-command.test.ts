import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import type { ComparisonJson } from '../../compare/comparison-json.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { createRandom } from '../../shared/random.ts';
import type { ProcessLike } from '../command.ts';
import { runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'compare-'));

interface Shape {
  readonly seed: number;
  readonly requests?: number;
  /** Factor on every time. */
  readonly slower?: number;
  /** Factor on the slowest 5 % of the requests alone. */
  readonly tail?: number;
  readonly failEvery?: number;
  readonly changes?: Partial<RequestRecord>;
}

/** Requests one after another; TTFT 80 to 120 ms and four gaps of 8 to 12 ms. */
function createRecords({ seed, requests = 600, slower = 1, tail = 1, failEvery, changes }: Shape): RequestRecord[] {
  const random = createRandom(seed);
  let now = 0;
  return Array.from({ length: requests }, (_, index) => {
    const factor = slower * (random.next() < 0.05 ? tail : 1);
    const ttft = (80 + 40 * random.next()) * factor;
    const gaps = Array.from({ length: 4 }, () => (8 + 4 * random.next()) * factor);
    const latency = ttft + gaps.reduce((sum, gap) => sum + gap, 0);
    const start = now;
    now += latency + 1;
    const place = { index, start_ms: start, end_ms: start + latency };
    if (failEvery !== undefined && index % failEvery === 0) return exampleFailure({ ...place, ...changes });
    const times = { ttft_ms: ttft, latency_ms: latency, tpot_ms: (latency - ttft) / 4, chunk_gaps_ms: gaps };
    return exampleRecord({ ...place, ...times, ...changes });
  });
}

function textOf(shape: Shape): string {
  return `${createRecords(shape)
    .map((record) => JSON.stringify(record))
    .join('\n')}\n`;
}

function writeRun(name: string, shape: Shape): string {
  const path = join(folder, name);
  writeFileSync(path, textOf(shape));
  return path;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function compare(...args: string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const collect = (to: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      said[to] += text;
    },
  });
  const process = {
    env: { GITHUB_ACTIONS: 'true' },
    cwd: () => folder,
    stdout: collect('stdout'),
    stderr: collect('stderr'),
  } as unknown as ProcessLike;
  const code = await runCli(['compare', ...args], process);
  return { code, ...said };
}

/** Fewer replicates than by default, for speed. */
const QUICK = ['--replicates', '300'];

async function compareJson(...args: string[]): Promise<ComparisonJson & { code: number }> {
  const { code, stdout } = await compare(...args, ...QUICK, '--format', 'json');
  return { ...(JSON.parse(stdout) as ComparisonJson), code };
}

function verdictOf({ comparisons }: ComparisonJson, title: string): string | undefined {
  return comparisons[0]?.numbers.find((number) => number.title === title)?.verdict;
}

let base: string;
let same: string;
let slower: string;

beforeAll(() => {
  base = writeRun('base.jsonl', { seed: 1 });
  same = writeRun('same.jsonl', { seed: 2 });
  slower = writeRun('slower.jsonl', { seed: 3, slower: 1.2 });
});

describe('k6-llm-perf compare', () => {
  it('shows no difference between two runs of the same service', async () => {
    const report = await compareJson(base, same);
    expect(report.code).toBe(0);
    const verdicts = report.comparisons[0]?.numbers.map(({ verdict }) => verdict) ?? [];
    // 48 numbers at 95 %: two or three may differ by chance, and those of one metric go together.
    expect(verdicts.length).toBe(48);
    expect(verdicts.filter((verdict) => verdict === 'no difference shown').length).toBeGreaterThanOrEqual(38);
  });

  it('shows a slow-down of 20 % in every timing and in throughput, and its size', async () => {
    const report = await compareJson(base, slower);
    for (const title of ['TTFT, mean', 'TTFT, p99', 'TPOT, p50', 'ITL, p99', 'Latency, p95', 'Requests/s']) {
      expect(verdictOf(report, title), title).toBe('worse');
    }
    expect(verdictOf(report, 'Success rate')).toBe('no difference shown');
    const mean = report.comparisons[0]?.numbers.find(({ title }) => title === 'TTFT, mean')?.relative;
    expect(mean?.low).toBeLessThan(0.2);
    expect(mean?.high).toBeGreaterThan(0.2);
    expect((mean?.high ?? 1) - (mean?.low ?? 0)).toBeLessThan(0.06);
    expect(verdictOf(await compareJson(slower, base), 'TTFT, mean')).toBe('better');
  });

  it('sees a change that only the slowest requests have, where the mean and the median hide it', async () => {
    const report = await compareJson(base, writeRun('tail.jsonl', { seed: 4, tail: 1.6 }));
    expect(verdictOf(report, 'TTFT, p99')).toBe('worse');
    expect(verdictOf(report, 'TTFT, p50')).toBe('no difference shown');
  });

  it('says of short runs that there are too few requests', async () => {
    const short = writeRun('short.jsonl', { seed: 5, requests: 100 });
    const report = await compareJson(base, short);
    expect(verdictOf(report, 'TTFT, p99')).toBe('too few requests to tell');
    expect(verdictOf(report, 'TTFT, p50')).toBe('no difference shown');
    const nine = await compareJson(base, writeRun('nine.jsonl', { seed: 5, requests: 9 }));
    expect(new Set(nine.comparisons[0]?.numbers.map(({ verdict }) => verdict))).toEqual(
      new Set(['too few requests to tell']),
    );
  });

  it('prints a table, what the runs are, and how sure it is', async () => {
    const { code, stdout } = await compare(base, slower, ...QUICK);
    expect(code).toBe(0);
    expect(stdout).toContain(`Base: ${base}: qwen2.5, 600 requests, 600 completed`);
    expect(stdout).toMatch(/\| TTFT, mean \(ms\) +\| [\d.]+ +\| [\d.]+ +\| \+[\d.]+ \(\+[\d.]+ to \+[\d.]+\)/);
    expect(stdout).toMatch(/Differences tested: 48\. If nothing had changed, about 2 /);
    expect(stdout).toContain('stationary block bootstrap');
  });

  it('gives the same numbers each time, and others for another seed', async () => {
    const first = await compare(base, same, ...QUICK);
    expect(await compare(base, same, ...QUICK)).toEqual(first);
    expect((await compare(base, same, ...QUICK, '--seed', '7')).stdout).not.toBe(first.stdout);
  });

  it('compares several runs with the base', async () => {
    const report = await compareJson(base, same, slower);
    expect(report.comparisons.map(({ next }) => next.name)).toEqual([same, slower]);
    expect(report.comparisons.map(({ base: of }) => of.name)).toEqual([base, base]);
  });

  it('reads packed samples, and results folders with the configuration beside them', async () => {
    const run = join(folder, 'outputs', '20260301_120000', 'qwen2.5');
    mkdirSync(join(run, 'parallel_1_number_600'), { recursive: true });
    writeFileSync(join(run, 'samples.json.gz'), gzipSync(textOf({ seed: 1 })));
    writeFileSync(join(run, 'benchmark_args.json'), JSON.stringify({ dataset: 'openqa', parallel: 4, model: 'q' }));
    writeFileSync(
      join(run, 'summary.json'),
      JSON.stringify({ validity: { verdict: 'SUSPECT', reasons: ['the client was late'] } }),
    );
    const report = await compareJson(join(folder, 'outputs'), same);
    expect(report.comparisons[0]?.base).toMatchObject({
      name: run,
      requests: 600,
      facts: { workload: 'openqa', concurrency: '4', model: 'qwen2.5' },
      notes: ['measurement SUSPECT: the client was late'],
    });
  });
});

describe('k6-llm-perf compare, of runs that are not comparable', () => {
  it('refuses them with all reasons at once, and goes on with --anyway', async () => {
    const other = writeRun('other.jsonl', {
      seed: 6,
      changes: { ttft_rule: 'first-chunk', token_source: 'chunks' },
    });
    const refused = await compare(base, other);
    expect(refused.code).toBe(104);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain('2 problems');
    expect(refused.stderr).toMatch(/TTFT rule of .*other\.jsonl: got first-chunk/);
    expect(refused.stderr).toMatch(/token source of .*other\.jsonl: got chunks/);
    const forced = await compare(base, other, '--anyway', ...QUICK);
    expect(forced.code).toBe(0);
    expect(forced.stdout).toContain(
      'Differs, so the numbers may not mean the same: TTFT rule: first-output -> first-chunk',
    );
  });

  it('compares other models, and says so', async () => {
    const model = writeRun('model.jsonl', { seed: 7, changes: { model: 'qwen3' } });
    const { code, stdout } = await compare(base, model, ...QUICK);
    expect(code).toBe(0);
    expect(stdout).toContain('Differs: model: qwen2.5 -> qwen3');
  });

  it('refuses another workload or concurrency', async () => {
    const place = (name: string, args: Readonly<Record<string, unknown>>): string => {
      const run = join(folder, name);
      mkdirSync(run);
      writeFileSync(join(run, 'records.jsonl'), textOf({ seed: 8, requests: 20 }));
      writeFileSync(join(run, 'benchmark_args.json'), JSON.stringify(args));
      return run;
    };
    const one = place('load-1', { dataset: 'openqa', parallel: 1, dataset_path: '/data/a/questions.jsonl' });
    const two = place('load-2', { dataset: 'longalpaca', parallel: 8, dataset_path: '/elsewhere/questions.jsonl' });
    const { code, stderr } = await compare(one, two);
    expect(code).toBe(104);
    expect(stderr).toContain('workload of');
    expect(stderr).toContain('concurrency of');
    // The same file elsewhere is the same file.
    expect(stderr).not.toContain('dataset file');
  });

  it('tells everything that is wrong with the words of the command at once', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const words = [
      join(folder, 'nowhere'),
      empty,
      '--format',
      'pdf',
      '--fail-on',
      'p99(ttft)>fast',
      '--replicate',
      '5',
    ];
    const { code, stderr } = await compare(...words);
    expect(code).toBe(104);
    expect(stderr).toContain('5 problems');
    for (const text of [
      'which does not exist',
      'a folder without records.jsonl',
      '"pdf"',
      'p99(ttft)>fast',
      'did you mean --replicates?',
    ]) {
      expect(stderr).toContain(text);
    }
  });

  it('takes requests whose records are lost for failed in the new run, and out of the base', async () => {
    const lossy = join(folder, 'lossy.jsonl');
    const lines = textOf({ seed: 1, requests: 100 }).split('\n');
    writeFileSync(lossy, lines.map((line, i) => (i % 4 === 0 ? line.replace('"v":2', '"v":9') : line)).join('\n'));
    const whole = writeRun('whole.jsonl', { seed: 2, requests: 100 });
    const lost = await compare(whole, lossy, '--fail-on', 'success_rate<-10%');
    expect([lost.code, lost.stdout]).toEqual([99, expect.stringContaining('75 %')]);
    const based = await compare(lossy, whole);
    expect([based.code, based.stdout]).toEqual([0, expect.not.stringContaining('75 %')]);
  });

  it('asks for two runs, with records in them', async () => {
    expect(await compare(base)).toMatchObject({
      code: 104,
      stderr: expect.stringContaining('two runs or more, got 1'),
    });
    const blank = join(folder, 'blank.json');
    writeFileSync(blank, '{"type":"Metric"}\n');
    expect(await compare(base, blank)).toMatchObject({
      code: 104,
      stderr: expect.stringContaining('no request of this tool'),
    });
  });
});

describe('k6-llm-perf compare, of repeated runs', () => {
  it('takes the runs that are in the numbers of the group, and not one that was cut short', async () => {
    const group = (name: string, runs: readonly Shape[], measured: readonly string[]): string => {
      for (const [i, shape] of runs.entries()) {
        mkdirSync(join(folder, name, `run_${i + 1}`), { recursive: true });
        writeFileSync(join(folder, name, `run_${i + 1}`, 'records.jsonl'), textOf({ requests: 50, ...shape }));
      }
      const file = { measured: measured.map((run) => ({ folder: run })) };
      writeFileSync(join(folder, name, 'runs.json'), JSON.stringify(file));
      return join(folder, name);
    };
    const whole = group('runs-a', [{ seed: 1 }, { seed: 2 }], ['run_1', 'run_2']);
    const cut = group('runs-b', [{ seed: 3 }, { seed: 4 }, { seed: 5, failEvery: 2 }], ['run_1', 'run_2']);
    const { comparisons } = await compareJson(whole, cut);
    expect(comparisons[0]?.next.requests).toBe(100);
  });
});

describe('k6-llm-perf compare, of sweeps', () => {
  it('compares point by point, and names points without a counterpart', async () => {
    const sweep = (name: string, points: Readonly<Record<string, Shape>>): string => {
      for (const [point, shape] of Object.entries(points)) {
        const run = join(folder, name, 'qwen2.5', point);
        mkdirSync(run, { recursive: true });
        writeFileSync(join(run, 'samples.json'), textOf(shape));
      }
      return join(folder, name);
    };
    const before = sweep('sweep-a', {
      parallel_16_number_300: { seed: 11, requests: 300 },
      parallel_2_number_300: { seed: 12, requests: 300 },
      parallel_4_number_300: { seed: 13, requests: 300 },
    });
    const after = sweep('sweep-b', {
      parallel_2_number_200: { seed: 14, requests: 200 },
      parallel_16_number_300: { seed: 15, requests: 300, slower: 1.3 },
      parallel_32_number_300: { seed: 16, requests: 300 },
    });
    const report = await compareJson(before, after, '--fail-on', 'mean(ttft)>+5%');
    expect(report.comparisons.map(({ point }) => point)).toEqual(['parallel 2', 'parallel 16']);
    expect(report.comparisons.map(({ gates }) => gates[0]?.state)).toEqual(['passed', 'failed']);
    expect(report.code).toBe(99);
    expect(report.notes.slice(0, 2)).toEqual([
      expect.stringMatching(/sweep-a.*parallel_4_number_300: not compared/),
      expect.stringMatching(/sweep-b.*parallel_32_number_300: not compared/),
    ]);
  });

  it('refuses sweeps without a common point, and a folder of several runs', async () => {
    const lonely = join(folder, 'sweep-c', 'parallel_99_number_9');
    mkdirSync(lonely, { recursive: true });
    writeFileSync(join(lonely, 'samples.json'), textOf({ seed: 1, requests: 9 }));
    expect(await compare(join(folder, 'sweep-a'), join(folder, 'sweep-c'))).toMatchObject({
      code: 104,
      stderr: expect.stringContaining('no point in common'),
    });
    expect(await compare(folder, base)).toMatchObject({
      code: 104,
      stderr: expect.stringMatching(
        /, which holds \d runs\n {4}allowed: the folder of one of them\n {4}try: {5}k6-llm-perf compare .*sweep-/,
      ),
    });
  });
});

describe('k6-llm-perf compare --fail-on', () => {
  it('ends with 99 when the whole interval lies beyond the limit, and with 0 when it does not', async () => {
    const junit = join(folder, 'compare.xml');
    const more = ['--fail-on', 'p99(ttft)>+19.5%', '--fail-on', 'success_rate<-1%', '--junit', junit];
    const failed = await compare(base, slower, ...QUICK, '--fail-on', 'p99(ttft)>+10%', ...more);
    expect(failed.code).toBe(99);
    expect(failed.stderr).toMatch(
      /^::error title=Gate failed \(.*slower\.jsonl\)::p99\(ttft\)>\+10%25 \(\+[\d.]+ %25, .*\)\n$/,
    );
    const xml = readFileSync(junit, 'utf8');
    expect(xml).toMatch(/<testsuite name=".*slower\.jsonl" tests="3" failures="1" errors="0" skipped="1"/);
    expect(xml).toMatch(/name="p99\(ttft\)&gt;\+10%" time="0">\n +<failure type="crossed" message="\+[\d.]+ %, 95/);
    expect(xml).toMatch(
      /name="p99\(ttft\)&gt;\+19\.5%" time="0">\n +<skipped message=".*, which reaches within the limit"/,
    );
    expect(failed.stdout).toMatch(/FAILED {2}p99\(ttft\)>\+10%: \+[\d.]+ %, 95 % interval \+[\d.]+ % to \+[\d.]+ %/);
    // The true change is 20 %, so about half of all runs lie beyond it, and none for sure.
    expect((await compare(base, slower, ...QUICK, '--fail-on', 'p99(ttft)>+20%')).code).toBe(0);
    expect((await compare(base, same, ...QUICK, '--fail-on', 'p99(ttft)>+10%')).code).toBe(0);
  });

  it('judges several gates, absolute and relative, of timings, rates and success', async () => {
    const broken = writeRun('broken.jsonl', { seed: 9, slower: 1.2, failEvery: 10 });
    const gates = ['mean(tpot)>+0.5ms', 'success_rate<-1%', 'success_rate<-20pp', 'output_tokens_per_s<-5%'];
    const report = await compareJson(base, broken, ...gates.flatMap((gate) => ['--fail-on', gate]));
    expect(report.comparisons[0]?.gates.map(({ state }) => state)).toEqual(['failed', 'failed', 'passed', 'failed']);
    expect(report.passed).toBe(false);
    expect(report.code).toBe(99);
  });

  it('fails nothing that is too short to tell, and says so', async () => {
    const short = writeRun('short-slow.jsonl', { seed: 10, requests: 50, slower: 2 });
    const { code, stdout } = await compare(base, short, ...QUICK, '--fail-on', 'p99(ttft)>+10%');
    expect(code).toBe(0);
    expect(stdout).toMatch(/unsure {2}p99\(ttft\)>\+10%: \+[\d.]+ %, too few requests to tell/);
  });

  it('fails when the new run has nothing to measure', async () => {
    const dead = writeRun('dead.jsonl', { seed: 10, failEvery: 1 });
    const { code, stdout } = await compare(base, dead, ...QUICK, '--fail-on', 'p99(ttft)>+10%');
    expect(code).toBe(99);
    expect(stdout).toContain('the new run has no such number');
  });

  it('fails where a run has no completed request, whatever is asked, and names it', async () => {
    const dead = writeRun('dead.jsonl', { seed: 10, requests: 60, failEvery: 1 });
    for (const runs of [
      [base, dead],
      [dead, base],
    ]) {
      const { code, stderr } = await compare(...runs, ...QUICK);
      expect([code, stderr]).toEqual([99, expect.stringContaining('nothing was measured: 0 of 60 requests completed')]);
    }
  });

  it('compares percentiles that only a gate asks for', async () => {
    const report = await compareJson(base, slower, '--fail-on', 'p75(latency)>+10%');
    expect(verdictOf(report, 'Latency, p75')).toBe('worse');
    expect(report.code).toBe(99);
  });
});

describe('k6-llm-perf compare --format and --output', () => {
  it('writes Markdown in which foreign text is not markup', async () => {
    const evil = writeRun('evil2.jsonl', { seed: 20, changes: { model: '**a**|<img src=x>' } });
    const { stdout } = await compare(base, evil, ...QUICK, '--format', 'markdown', '--fail-on', 'p99(ttft)>+10%');
    expect(stdout).toContain('## Comparison: passed');
    expect(stdout).toContain('\\*\\*a\\*\\*\\|&lt;img src=x&gt;');
    expect(stdout).toMatch(/\| ✅ \| `p99\(ttft\)>\+10%` \|/);
    expect(stdout).toContain('| Metric | Base | New |');
  });

  it('says on standard error what failed where standard output is for a program', async () => {
    const { code, stdout, stderr } = await compare(
      base,
      slower,
      ...QUICK,
      '--format',
      'json',
      '--fail-on',
      'mean(ttft)>+5%',
    );
    expect(code).toBe(99);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, passed: false });
    expect(stderr).toMatch(/^FAILED .*mean\(ttft\)>\+5%/);
  });

  it('refuses an output that cannot be written', async () => {
    const { code, stderr } = await compare(base, same, ...QUICK, '--output', join(folder, 'no', 'where.html'));
    expect(code).toBe(104);
    expect(stderr).toContain('--output');
  });

  it('explains itself', async () => {
    const { code, stdout } = await compare('--help');
    expect(code).toBe(0);
    for (const flag of ['--fail-on', '--anyway', '--format', '--output', '--seed', '--replicates']) {
      expect(stdout).toContain(flag);
    }
  });
});
