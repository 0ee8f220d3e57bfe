import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { type CliRun, childrenOf, createFolder, runCli, startCli } from './support/cli.ts';
import { describeEngines, describeK6, K6_PATH, runInEngine } from './support/engines.ts';
import { requestsSeen, resetMock } from './support/mock-process.ts';
import { reserveRefusedPort } from './support/refused-port.ts';

let mock: MockServer;
let dead: { readonly url: string };
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 5, tpotMs: 1, outputTokens: 6 });
  dead = { url: `http://127.0.0.1:${await reserveRefusedPort()}/v1/chat/completions` };
});
afterAll(() => mock.close());

interface Run extends CliRun {
  readonly cwd: string;
  readonly folder: string;
}

function readSummary(folder: string): SummaryFile {
  return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as SummaryFile;
}

const CONDITIONS = ['--thresholds', 'smoke', '--gate', 'p99(ttft)<500'];

describeEngines('a run that measures nothing', (engine) => {
  const flags = ['--model', 'm', '--engine', engine, '--no-timestamp'];

  async function run(words: readonly string[], cwd = createFolder(), env = {}): Promise<Run> {
    return { ...(await runCli([...flags, ...words], { cwd, env })), cwd, folder: join(cwd, 'outputs', 'm') };
  }

  it('because every request was refused ends with 99, says so, and judges no client', async () => {
    const { code, stdout, folder } = await run(['--url', dead.url, '--number', '3', '--no-test-connection']);
    expect(code).toBe(99);
    expect(stdout).toMatch(/^nothing was measured: 0 of 3 requests completed; first failure: refused: .*refused$/m);
    expect(stdout).not.toContain('First refused');
    expect(stdout).toMatch(/^Measurement: NOT JUDGED\n {2}none of 3 requests completed; .*one second/m);
    expect(stdout).not.toContain('CPU');
    const { validity, summary } = readSummary(folder);
    expect(validity.verdict).toBe('NOT JUDGED');
    expect([summary.output_tokens_total, summary.input_tokens_total]).toEqual([null, null]);
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain(': nothing was measured');
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('<testcase classname="m.measurement"');
  });

  it('because every answer timed out ends with 99, and its report does', async () => {
    const headers = ['--headers', 'x-mock-slow-headers-ms=5000', '--total-timeout', '1'];
    const words = ['--url', `${mock.url}/v1`, '--number', '3', '--parallel', '3', '--no-test-connection', ...headers];
    const { code, stdout, folder } = await run([...words, '--thresholds', 'interactive-chat', '--require-valid']);
    expect([code, stdout]).toEqual([99, expect.stringContaining('Measurement: NOT JUDGED')]);
    expect(stdout).toContain('first failure: timeout');
    // A Trend without values passes in k6; nothing may claim that it was fast.
    expect(stdout).toContain('llm_ttft: p(99)<450 (no value, which k6 passes)');
    const junit = readFileSync(join(folder, 'junit.xml'), 'utf8');
    expect(junit).toMatch(/name="llm_ttft: p\(99\)&lt;450" time="0">\n +<skipped message="no value, which k6 passes"/);
    const again = await runCli(['report', join(folder, 'records.jsonl'), '--thresholds', 'smoke']);
    expect([again.code, again.stdout]).toEqual([99, expect.stringContaining('Measurement: NOT JUDGED')]);
  });

  it('because the connection test failed is not a run: an error, no verdict, and no folder', async () => {
    const cwd = createFolder();
    const junit = join(cwd, 'junit.xml');
    const summary = join(cwd, 'step.md');
    const before = await run(['--url', `${mock.url}/v1`, '--number', '2', '--junit', junit, '--name', 'good'], cwd);
    expect([before.code, readFileSync(junit, 'utf8')]).toEqual([0, expect.stringContaining('errors="0"')]);
    const words = ['--url', dead.url, '--number', '3', ...CONDITIONS, '--junit', junit];
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    for (const turn of [1, 2]) {
      const { code, stdout, folder } = await run(words, cwd, env);
      expect([turn, code]).toEqual([turn, 108]);
      expect(stdout).toMatch(/^nothing was measured: connection test failed: .*connection refused/m);
      expect(stdout).not.toMatch(/INVALID|CPU|Benchmarking/);
      expect(stdout).toMatch(/^::error title=No run::nothing was measured: .*connection refused/m);
      expect(stdout).not.toContain('::warning');
      expect(existsSync(folder)).toBe(false);
      const text = readFileSync(junit, 'utf8');
      expect(text).toMatch(/<error type="no-run" message="[^"]*connection refused/);
      expect(text).toContain('failures="0" errors="1"');
      // Neither passed nor failed: nobody judged them.
      expect(text.match(/<skipped message="there was no run"\/>/g)).toHaveLength(5);
    }
    expect(readFileSync(summary, 'utf8')).toMatch(/## Load test of m: no run\n\n.*connection refused/);
    expect(readdirSync(cwd).sort()).toEqual(['junit.xml', 'outputs', 'step.md']);
    expect(readdirSync(join(cwd, 'outputs'))).toEqual(['good']);
  });

  it('leaves no folders above its own either', async () => {
    const cwd = createFolder();
    const words = ['--model', 'm', '--engine', engine, '--url', dead.url, '--number', '3'];
    expect((await runCli(words, { cwd })).code).toBe(108);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('as the first point of a sweep ends the sweep without a trace, and with its code', async () => {
    const sweep = ['--parallel', '1', '2', '--sleep-interval', '0'];
    const noRun = await run(['--url', dead.url, '--number', '3', ...sweep]);
    expect([noRun.code, noRun.stdout]).toEqual([108, expect.stringContaining('Not measured: 1 of 2 points')]);
    expect(noRun.stdout).toContain('Measurement at parallel 1: NO RUN: nothing was measured');
    expect(existsSync(noRun.folder)).toBe(false);
    const none = await run(['--url', dead.url, '--number', '3', '--no-test-connection', ...sweep]);
    expect(none.code).toBe(99);
    expect(none.stdout).toContain('Measurement at parallel 1: NOT JUDGED');
    const { points } = JSON.parse(readFileSync(join(none.folder, 'sweep.json'), 'utf8'));
    expect(points[0]).toMatchObject({ exit_code: 99, meets_thresholds: false, crossed: ['a request completed'] });
  });

  it('is explained by a report of what it left, as by the connection test', async () => {
    const settings = { MODEL: 'm', URL: dead.url, NUMBER: '3', PROMPT: 'hi' };
    const { samplesPath } = await runInEngine(engine, 'openqa', settings);
    const cwd = createFolder();
    const report = await runCli(['report', samplesPath, '--junit', 'junit.xml'], {
      cwd,
      env: { GITHUB_ACTIONS: 'true' },
    });
    expect(report.code).toBe(108);
    expect(report.stdout).toMatch(/^nothing was measured: connection test failed: .*connection refused/m);
    expect(report.stdout).toMatch(/^::error title=No run::/m);
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toMatch(/<error type="no-run" message="[^"]*refused/);
    // No results folder: nothing was sent.
    expect(readdirSync(cwd)).toEqual(['junit.xml']);
    const compared = await runCli(['compare', samplesPath, samplesPath], { cwd });
    expect([compared.code, compared.stderr]).toEqual([104, expect.stringContaining('sent no request')]);
  });

  it('in plain k6 crosses a threshold of ours where any are set, and without any is as k6 has it', async () => {
    const settings = { MODEL: 'm', URL: dead.url, NUMBER: '3', PROMPT: 'hi', NO_TEST_CONNECTION: 'true' };
    const path = join(createFolder(), 'own.json');
    writeFileSync(path, JSON.stringify({ 'llm_ttft{model:m}': ['p(95)<500'] }));
    const guarded = await runInEngine(engine, 'openqa', { ...settings, THRESHOLDS: path });
    expect(guarded.stdout).toContain('crossed  llm_requests_completed: count>0');
    expect(guarded.exitCode).toBe(99);
    const free = await runInEngine(engine, 'openqa', settings);
    expect(free.stdout).toContain('nothing was measured: 0 of 3 requests completed');
    expect(free.exitCode).toBe(0);
  });
});

describeEngines('a short or cut run', (engine) => {
  const flags = ['--model', 'm', '--engine', engine, '--no-timestamp', '--no-test-connection'];

  it('is judged by its conditions as usual, and not believed on demand', async () => {
    const words = [...flags, '--url', `${mock.url}/v1`, '--number', '3'];
    const good = await runCli([...words, ...CONDITIONS]);
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('Measurement: NOT JUDGED')]);
    const bad = await runCli([...words, '--gate', 'p99(ttft)<1']);
    expect(bad.code).toBe(99);
    const strict = await runCli([...words, '--require-valid'], { env: { GITHUB_ACTIONS: 'true' } });
    expect(strict.code).toBe(99);
    expect(strict.stdout).toContain('from one second on');
    expect(strict.stdout).toContain('crossed, since the measurement is NOT JUDGED');
    expect(strict.stdout).toMatch(/^::error title=Measurement not judged::NOT JUDGED; the requests took/m);
    expect(strict.stdout).toMatch(/^::notice title=Measurement NOT JUDGED::/m);
  });

  it('is no worse for what a duration of the user leaves out', async () => {
    const words = ['--url', `${mock.url}/v1`, '--number', '100000', '--duration', '2s'];
    const { stdout, code } = await runCli([...flags, ...words]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('never went out');
    expect(stdout).toMatch(/\d+ requests were never started \(dropped iterations\)/);
  });

  it('that Ctrl-C ends is INVALID, and names Ctrl-C', async () => {
    await resetMock(mock);
    const { child, finished } = startCli([...flags, '--url', `${mock.url}/v1`, '--number', '100000']);
    await requestsSeen(mock, 20);
    child.kill('SIGINT');
    const { code, stdout } = await finished;
    expect(code).toBe(105);
    expect(stdout).toMatch(
      /Measurement: INVALID\n {2}\d+ of the 100000 planned requests never went out .*: stopped by Ctrl-C/,
    );
  });

  it('that is killed is INVALID in its report, since its samples know what was planned', async () => {
    await resetMock(mock);
    const cwd = createFolder();
    const { child, finished } = startCli([...flags, '--url', `${mock.url}/v1`, '--number', '100000'], { cwd });
    await requestsSeen(mock, 40);
    for (const pid of engine === 'k6' ? childrenOf(child) : [child.pid as number]) process.kill(pid, 'SIGKILL');
    const { stdout } = await finished;
    if (engine === 'k6') expect(stdout).toMatch(/never went out .*: the engine was killed \(SIGKILL\)/);
    const { stdout: again } = await runCli(['report', join(cwd, 'outputs', 'm', 'records.jsonl')]);
    expect(again).toMatch(/Measurement: INVALID\n {2}\d+ of the 100000 planned requests never went out/);
  });
});

describeK6('an instance of a distributed run', () => {
  const run = (words: readonly string[]): Promise<{ code: number; stdout: string }> =>
    new Promise((resolve) => {
      const settings = ['MODEL=m', 'NO_TEST_CONNECTION=true', 'PROMPT=hi', 'THRESHOLDS=smoke'];
      const all = ['run', '--quiet', ...settings.flatMap((setting) => ['-e', setting]), ...words, 'dist/openqa.js'];
      execFile(K6_PATH as string, all, (error, stdout) => resolve({ code: Number(error?.code ?? 0), stdout }));
    });

  it.each([[], ['--no-setup']])('without a share of the VUs passes, having nothing to do %j', async (...more) => {
    // One VU and two segments: the second has none of it.
    const load = ['-e', 'NUMBER=4', '-e', 'PARALLEL=1', ...more];
    const idle = await run(['-e', `URL=${dead.url}`, ...load, '--execution-segment', '1/2:1']);
    expect([idle.code, idle.stdout]).toEqual([0, expect.stringContaining('No request was sent')]);
    const busy = await run(['-e', `URL=${dead.url}`, ...load, '--execution-segment', '0:1/2']);
    expect(busy.code).toBe(99);
  });

  it('is judged by its share of the requests', async () => {
    const load = ['-e', `URL=${mock.url}/v1/chat/completions`, '-e', 'NUMBER=9', '-e', 'PARALLEL=2'];
    const { code, stdout } = await run([...load, '--execution-segment', '0:1/2']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('never went out');
  });
});

it('the command line knows no word that every object inherits', async () => {
  for (const word of ['toString', 'constructor', '__proto__']) {
    const { code, stderr } = await runCli([word]);
    expect([code, stderr]).toEqual([104, expect.stringContaining('there is no command')]);
  }
  const { code } = await runCli(['--model', 'm', '--gate', 'constructor(ttft<500)>=1']);
  expect(code).toBe(104);
});

it('a JUnit file that is not ours is not taken away, and a refused run takes ours away', async () => {
  const cwd = createFolder();
  mkdirSync(join(cwd, 'reports'));
  writeFileSync(join(cwd, 'reports', 'ours.xml'), '<?xml version="1.0"?>\n<testsuites name="k6-llm-perf" tests="1">');
  writeFileSync(join(cwd, 'reports', 'theirs.xml'), '<?xml version="1.0"?>\n<testsuites name="pytest">');
  for (const name of ['ours', 'theirs']) {
    const words = ['--model', 'm', '--parallel', '0', '--junit', `reports/${name}.xml`];
    expect((await runCli(words, { cwd })).code).toBe(104);
  }
  expect(readdirSync(join(cwd, 'reports'))).toEqual(['theirs.xml']);
});
