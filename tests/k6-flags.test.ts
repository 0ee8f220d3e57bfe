import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { createFolder, flagsOfTwo, runCli } from './support/cli.ts';
import { describeK6, K6_PATH } from './support/engines.ts';
import { readTables } from './support/tables.ts';

const BUNDLE = join(process.cwd(), 'dist', 'openqa.js');
const run = promisify(execFile);
let server: MockServer;

beforeAll(async () => {
  server = await startMockServer({ port: 0 });
});
afterAll(() => server.close());

/** `k6 run FLAGS SCRIPT` with a bundle's settings for six requests, one at a time. */
async function runK6(flags: readonly string[], script = BUNDLE, env: Readonly<Record<string, string>> = {}) {
  const settings = ['-e', 'MODEL=acme/m', '-e', `URL=${server.url}/v1`, '-e', 'NUMBER=6', '-e', 'MAX_TOKENS=8'];
  const { stdout } = await run(K6_PATH as string, ['run', '--quiet', '--no-color', ...settings, ...flags, script], {
    env: { ...process.env, ...env },
  });
  return { stdout, tables: readTables(stdout) };
}

/** A script of somebody else that runs a bundle under options of its own. */
function importingScript(options: object, handsOn: string): string {
  const path = join(createFolder(), 'script.js');
  writeFileSync(
    path,
    `import run from '${BUNDLE}';\nexport { ${handsOn} } from '${BUNDLE}';\nexport const options = ${JSON.stringify(options)};\nexport default run;\n`,
  );
  return path;
}

describeK6('what flags of k6 change', () => {
  it('shows the VUs and iterations that k6 ran, and says why they are not the planned ones', async () => {
    const { stdout, tables } = await runK6(['--vus', '3', '--iterations', '9']);
    expect(tables.rows).toMatchObject({
      'Number of concurrency': '3',
      'Total requests': '9',
      'Expected number of requests': '9',
    });
    expect(stdout).toContain('Load: k6 ran 3 VUs, 9 iterations');
  });

  it('after -- of the command: an unknown one ends it with 104, and so does one for another load, before anything is sent', async () => {
    const given = flagsOfTwo(server.url, 'k6');
    const unknown = await runCli([...given, '--', '--iteratons', '5'], { cwd: createFolder() });
    // k6 itself ends with 255.
    expect([unknown.code, unknown.stderr]).toEqual([104, expect.stringContaining('unknown flag: --iteratons')]);
    const load = await runCli([...given, '--', '--vus', '10', '--duration', '10s'], { cwd: createFolder() });
    expect(load.code).toBe(104);
    expect(load.stderr).toContain('--vus after --: got a flag of k6');
    expect(load.stderr).toContain('try:     --duration 30s');
  });

  it('says of the prompt of the connection test only what holds for the requests that ran', async () => {
    // 258 prompts: the run without NUMBER reaches the last one, that of the test; nine iterations do not.
    const settings = ['-e', 'MODEL=m', '-e', `URL=${server.url}/v1`, '-e', 'NUMBER=258', '-e', 'MAX_TOKENS=8'];
    const { stderr } = await run(K6_PATH as string, ['run', '--no-color', ...settings, '--iterations', '9', BUNDLE]);
    expect(stderr).not.toContain('which is measured too');
  });

  it('says nothing of it where k6 ran what was planned', async () => {
    const { stdout, tables } = await runK6([]);
    expect(tables.rows).toMatchObject({ 'Number of concurrency': '1', 'Expected number of requests': '6' });
    expect(stdout).not.toContain('Load: k6 ran');
  });

  it('expects no number of requests where k6 ran for a time', async () => {
    const { tables } = await runK6(['-u', '2', '-d', '1s']);
    expect(tables.rows).toMatchObject({ 'Number of concurrency': '2', 'Expected number of requests': '–' });
  });

  it('has no number that k6 was told not to make, and names the flag', async () => {
    const { stdout, tables } = await runK6([], BUNDLE, { K6_SUMMARY_TREND_STATS: 'max' });
    expect(tables.rows).toMatchObject({ 'Succeed requests': '6', 'Average latency (s)': '–' });
    expect(tables.rows['Throughput(average tokens/s)']).not.toBe('–');
    expect(stdout).toContain('--summary-trend-stats');
    expect(stdout).not.toContain('Percentiles: sorted[int');
  });

  it('believes no client of which k6 was told to make no p(99)', async () => {
    // Past a second, from which on a run is judged.
    const { stdout } = await runK6(['-e', 'NUMBER=12'], BUNDLE, { K6_SUMMARY_TREND_STATS: 'max' });
    expect(stdout).toMatch(/^Measurement: NOT JUDGED\n {2}it is not known how late the client's timers were/m);
  });

  it('says that lost records cannot be seen where k6 was told to sum nothing up', async () => {
    const settings = ['--url', `${server.url}/v1`, '--model', 'm', '--number', '2', '--max-tokens', '8'];
    const run = (...flags: string[]) => runCli(['--engine', 'k6', ...settings, '--', ...flags]);
    expect((await run()).stdout).not.toContain('no count of its own');
    for (const flag of ['--summary-mode=disabled', '--new-machine-readable-summary']) {
      const { code, stdout } = await run(flag);
      expect([code, stdout]).toEqual([0, expect.stringContaining('left no count of its own')]);
    }
  });

  it('finds model, load and requests again in the samples', async () => {
    const folder = createFolder();
    const samples = join(folder, 'samples.json');
    await runK6(['--vus', '3', '--iterations', '9', '--out', `json=${samples}`]);
    const report = await runCli(['report', samples, '--outputs-dir', folder]);
    expect(report.code).toBe(0);
    expect(readTables(report.stdout).rows).toMatchObject({
      'Number of concurrency': '3',
      'Expected number of requests': '9',
    });
    expect(report.stdout).toMatch(/^Report +\S+\/m\/perf_report\.html$/m);
  });
});

describeK6('what another script changes', () => {
  it('shows the load of its options, setup left out or not', async () => {
    const scenarios = { chat: { executor: 'per-vu-iterations', vus: 2, iterations: 4, maxDuration: '1m' } };
    for (const handsOn of ['setup, handleSummary', 'handleSummary']) {
      const samples = join(createFolder(), 'samples.json');
      const { tables, stdout } = await runK6(['--out', `json=${samples}`], importingScript({ scenarios }, handsOn));
      expect(tables.rows).toMatchObject({
        'Number of concurrency': '2',
        'Total requests': '8',
        'Expected number of requests': '8',
      });
      // Such options ask for k6's usual statistics, which lack a count and p(99).
      expect(stdout).toContain('k6 was told to compute other statistics');
      const report = await runCli(['report', samples, '--outputs-dir', join(samples, '..')]);
      expect(readTables(report.stdout).rows).toMatchObject({ 'Total requests': '8', 'Succeed requests': '8' });
      expect(report.stdout).toMatch(/^Report +\S+\/m\/perf_report\.html$/m);
    }
  });

  it('leaves numbers out that belong to several scenarios', async () => {
    const one = { executor: 'shared-iterations', vus: 1, iterations: 2 };
    const options = { scenarios: { a: one, b: one } };
    const samples = join(createFolder(), 'samples.json');
    const script = importingScript(options, 'setup, handleSummary');
    const { tables, stdout } = await runK6(['--out', `json=${samples}`], script);
    expect(tables.rows).toMatchObject({ 'Number of concurrency': '–', 'Total requests': '4' });
    expect(stdout).toContain('several scenarios');
    // Each scenario counts its iterations from 0: the same index twice is not the same request twice.
    const report = await runCli(['report', samples]);
    expect(report.stderr).toBe('');
    expect(readTables(report.stdout).rows).toMatchObject({ 'Number of concurrency': '–', 'Total requests': '4' });
  });
});
