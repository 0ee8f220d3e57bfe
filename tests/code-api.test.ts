import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPerfBenchmark } from '../lib/cli/index.ts';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder, startProgram } from './support/cli.ts';
import { describeEngines } from './support/engines.ts';

const ROOT = process.cwd();
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 5 });
});
afterAll(() => mock.close());

/** A folder with this package installed in it, as far as the resolution of modules can tell. */
function createProject(): string {
  const project = createFolder();
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules', 'k6-llm-perf'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  return project;
}

describeEngines('runPerfBenchmark', (engine) => {
  it("measures from code, through the package's own exports", async () => {
    const outputs = createFolder();
    const script = fileURLToPath(new URL('./support/self-import.mjs', import.meta.url));
    const { code, stdout, stderr } = await startProgram(process.execPath, [script, mock.url, outputs, engine]).finished;
    // k6 itself writes its progress to the terminal.
    if (engine === 'node') expect(stderr).toBe('');
    expect(code).toBe(0);
    const told = JSON.parse(stdout.trim().split('\n').at(-1) as string);
    expect(told.summary).toMatchObject({ 'Total requests': 15, 'Succeed requests': 15, 'Failed requests': 0 });
    expect(told.summary['Average output tokens per request']).toBe(5);
    expect(told.percentiles).toHaveLength(10);
    expect(told.exitCode).toBe(0);
    expect(told.outputDir.startsWith(outputs)).toBe(true);
    expect(JSON.parse(readFileSync(join(told.outputDir, 'benchmark_summary.json'), 'utf8'))).toEqual(told.summary);
    expect(JSON.parse(readFileSync(join(told.outputDir, 'benchmark_percentile.json'), 'utf8'))).toEqual(
      told.percentiles,
    );
    expect(told.refusal).toEqual({ isConfigError: true, keys: ['PARALLEL (--parallel)', 'NUMBER (--number)'] });
  });
});

describe('runPerfBenchmark', () => {
  const load = () => ({
    url: mock.url,
    model: 'm',
    number: 4,
    engine: 'node' as const,
    outputsDir: createFolder(),
    noTestConnection: true,
  });

  it('gives a crossed threshold as a result', async () => {
    const { exitCode, thresholds } = await runPerfBenchmark({
      ...load(),
      thresholds: 'interactive-chat',
      headers: { 'x-mock-tpot-ms': '60' },
    });
    expect(exitCode).toBe(99);
    expect(thresholds).toContainEqual(
      expect.objectContaining({ metric: 'llm_tpot', expression: 'p(99)<40', ok: false }),
    );
  });

  it('tells the log what the command line tells the terminal, and says nothing without one', async () => {
    let text = '';
    await runPerfBenchmark(load(), { log: { write: (piece) => (text += piece) } });
    expect(text).toContain('engine: node (built in), openqa: 4 requests, parallel 1, m');
  });

  it('stops when its signal says so, with what was measured', async () => {
    const controller = new AbortController();
    const { details, exitCode } = await runPerfBenchmark(
      { ...load(), number: 100_000, logEveryNQuery: 5 },
      { signal: controller.signal, log: { write: (text) => text.includes('request 4:') && controller.abort() } },
    );
    expect(exitCode).toBe(105);
    expect(details.completed_requests).toBeGreaterThan(4);
    expect(details.total_requests).toBe(details.completed_requests + details.failed_requests);
  });
});

describe('the package', () => {
  it('is imported by its name from another project', async () => {
    const project = createProject();
    writeFileSync(
      join(project, 'run.mjs'),
      "import * as api from 'k6-llm-perf'; console.log(Object.keys(api).sort().join());",
    );
    const { stdout, stderr } = await startProgram(process.execPath, ['run.mjs'], { cwd: project }).finished;
    expect(stderr).toBe('');
    expect(stdout.trim().split(',')).toEqual(expect.arrayContaining(['ConfigError', 'runPerfBenchmark']));
  });

  it('has types that a strict project takes, and that refuse what is wrong', async () => {
    const project = createProject();
    const types = createFolder();
    const emit = [TSC, '-p', 'tsconfig.types.json', '--outDir', types];
    const emitted = await startProgram(process.execPath, emit, { cwd: ROOT }).finished;
    expect(emitted.stdout).toBe('');
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
    const entry = (exports['.'].types as string).replace('./dist/node/types/', '');
    const snippet = (options: string): string => `
      import { type PerfResult, type RequestRecord, runPerfBenchmark } from '${join(types, entry.replace(/\.d\.ts$/, '.js'))}';
      const { summary, percentiles, outputDir }: PerfResult = await runPerfBenchmark(${options});
      const qps: number | string | null | undefined = summary['Average QPS'];
      const folder: string = outputDir;
      const rows: number = percentiles.length;
      const ttft = (record: RequestRecord): number | null => record.ttft_ms;
      export { qps, folder, rows, ttft };`;
    const right =
      "{ url: 'x', parallel: 1, model: 'qwen2.5', number: 15, api: 'openai', dataset: 'openqa', stream: true }";
    writeFileSync(join(project, 'right.mts'), snippet(right));
    writeFileSync(join(project, 'wrong.mts'), snippet("{ parallel: 'one', modell: 'x' }"));
    const strict = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom'];
    const checked = await startProgram(process.execPath, [TSC, ...strict, 'right.mts', 'wrong.mts'], { cwd: project })
      .finished;
    const errors = checked.stdout.trim().split('\n');
    expect(errors.filter((line) => !line.startsWith('wrong.mts'))).toEqual([]);
    expect(errors.join()).toContain("Type 'string' is not assignable to type 'number'");
    expect(readdirSync(join(types, 'lib', 'cli'))).toContain('index.d.ts');
  }, 60_000);
});
