import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { describeEngines, type EngineName } from './support/engines.ts';

const CLI = join(process.cwd(), 'dist', 'node', 'cli.js');

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 4, tpotMs: 1, outputTokens: 4 });
});
afterAll(() => mock.close());

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'repeats-'));

async function runCli(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

const base = (outputs: string): string[] => [
  ...['--url', `${mock.url}/v1`, '--model', 'm', '--outputs-dir', outputs, '--no-timestamp'],
  ...['--no-test-connection', '--no-connect-probes', '--sleep-interval', '0'],
];

describeEngines('repeated runs', (engine: EngineName) => {
  it('end when they are even, each in a folder of its own, with a command between them', async () => {
    const outputs = newFolder();
    const { code, stdout, stderr } = await runCli([
      ...base(outputs),
      ...['--engine', engine, '--number', '6', '--runs', '5', '--until-cv', '50', '--between-runs', 'echo restarted'],
    ]);
    expect(stderr.match(/^restarted$/gm)).toHaveLength(2);
    expect(stdout).toContain('Repeated runs: 3 of 5');
    expect(stdout).toMatch(/\| +TTFT, mean \(ms\) \|/);
    expect(code).toBe(0);
    expect(readdirSync(join(outputs, 'm')).sort()).toEqual([
      ...['perf_report.html', 'run_1', 'run_2', 'run_3', 'runs.json'],
    ]);
    const file = JSON.parse(readFileSync(join(outputs, 'm', 'runs.json'), 'utf8'));
    expect(file).toMatchObject({ state: 'even', engine, betweenRuns: 'echo restarted' });
    // After a restart all runs send the same.
    expect(file.measured.map(({ number }: { number: number }) => number)).toEqual([6, 6, 6]);
    const prompts = [1, 2, 3].map((run) => readFileSync(join(outputs, 'm', `run_${run}`, 'records.jsonl'), 'utf8'));
    expect(new Set(prompts.map((text) => /"dataset_index":\d+/.exec(text)?.[0])).size).toBe(1);
  });
});

describe('repeated runs on the Node engine', () => {
  it('are compared by the spread between them, and a command that fails ends them', async () => {
    const [before, after] = [newFolder(), newFolder()];
    const args = ['--engine', 'node', '--number', '4', '--runs', '3'];
    expect((await runCli([...base(before), ...args])).code).toBe(0);
    const failed = await runCli([...base(after), ...args, '--between-runs', 'exit 3']);
    expect(failed.code).toBe(107);
    expect(failed.stderr).toContain('--between-runs ended with exit code 3 before run 2');
    expect(failed.stdout).toContain('Repeated runs: 1 of 3');
    const { stdout } = await runCli(['compare', join(before, 'm'), join(before, 'm')]);
    expect(stdout).toContain("Welch's t");
    expect(stdout).toContain('3 runs, 12 requests');
    expect(stdout).toContain('no difference shown');
  });

  it.each([
    [['--runs', '3', '--parallel', '1', '2'], 'a value beside several loads'],
    [['--runs', '1'], 'RUNS (--runs): got "1"'],
    [['--until-cv', '0.1'], 'a value without --runs'],
    [['--runs', '2', '--until-cv', '0.1'], 'UNTIL_CV (--until-cv): got a value beside 2 runs'],
  ])('refuse %j before anything is sent', async (args, text) => {
    const outputs = newFolder();
    const { code, stderr } = await runCli([...base(outputs), '--engine', 'node', '--number', '2', ...args]);
    expect([code, readdirSync(outputs)]).toEqual([104, []]);
    expect(stderr).toContain(text);
  });
});

describe('other tools’ ways to find a load, on the Node engine', () => {
  it("evalscope's auto-tune leaves its folders and its summary", async () => {
    const outputs = newFolder();
    const { code, stdout } = await runCli([
      ...base(outputs),
      ...['--engine', 'node', '--sla-auto-tune', '--sla-params', '[{"avg_latency": "<=5"}, {"avg_latency": "<0"}]'],
      ...['--sla-upper-bound', '2', '--sla-num-runs', '2'],
    ]);
    expect(code).toBe(99);
    expect(stdout).toMatch(/\| avg_latency<=5 \| parallel \| +2 \| +Satisfied \|/);
    expect(stdout).toMatch(/\| +avg_latency<0 \| parallel \| +None \| Failed at lower bound \(1\) \|/);
    expect(readdirSync(join(outputs, 'm', 'sla_tuning')).sort()).toEqual(
      [1, 2].flatMap((load) => [0, 1].map((run) => `sla_parallel_${load}_run_${run}`)),
    );
    const summary = JSON.parse(readFileSync(join(outputs, 'm', 'sla_summary.json'), 'utf8'));
    expect(Object.keys(summary)).toEqual(['parallel_1', 'parallel_2']);
    expect(summary.parallel_2).toMatchObject({ metrics: { Concurrency: 2, 'Total Requests': 4 }, percentiles: {} });
  });

  it("guidellm's sweep goes from one request at a time to all at once, and then evenly between", async () => {
    const outputs = newFolder();
    const { code, stdout } = await runCli([
      ...base(outputs),
      ...['--engine', 'node', '--sweep', '3', '--number', '8', '--arrival', 'constant'],
    ]);
    expect(code).toBe(0);
    const { points } = JSON.parse(readFileSync(join(outputs, 'm', 'sweep.json'), 'utf8'));
    expect(points.map(({ varies }: { varies: string }) => varies)).toEqual(['parallel', 'parallel', 'rate']);
    expect(points.slice(0, 2).map(({ parallel }: { parallel: number }) => parallel)).toEqual([1, 8]);
    const rates = points.map(({ summary }: { summary: { requests_per_s: number } }) => summary.requests_per_s);
    expect(points[2].rate / rates[1]).toBeCloseTo(1, 2);
    expect(stdout).toContain('parallel 8: 8 of 8 completed');
    expect(existsSync(join(outputs, 'm', points[2].folder, 'summary.json'))).toBe(true);
  });
});
