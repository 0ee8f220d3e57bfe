import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../../lib/mock/server.ts';
import { childrenOf } from '../support/cli.ts';
import { describeEngines } from '../support/engines.ts';
import { STREAM_HEAD, startRawServer } from '../support/raw-server.ts';

const CLI = join(process.cwd(), 'dist', 'node', 'cli.js');

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 3, tpotMs: 1, outputTokens: 40 });
});
afterAll(() => mock.close());

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line in a shell, so that limits can be set in front of it. */
function start(command: string): { child: ChildProcess; finished: Promise<Finished> } {
  const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr?.on('data', (piece: Buffer) => (stderr += piece.toString()));
  return { child, finished: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })) };
}

/** The number in a row of the first table. */
function row(text: string, key: string): number {
  return Number(new RegExp(`\\| ${key} +\\| (\\S+) `).exec(text)?.[1]);
}

/** Resolves when the mock has started that many requests since the last reset. */
async function requestsSeen(count: number): Promise<void> {
  for (;;) {
    const timings = (await (await fetch(`${mock.url}/__timings`)).json()) as unknown[];
    if (timings.length >= count) return;
  }
}

describeEngines('a whole run', (engine) => {
  const run = (outputs: string, number: number): string =>
    `exec ${process.execPath} ${CLI} --url ${mock.url}/v1 --model m --number ${number} --parallel 2 --engine ${engine} --outputs-dir ${outputs} --no-timestamp --no-test-connection`;
  const newFolder = (): string => mkdtempSync(join(tmpdir(), 'whole-run-'));

  it('on a full disk says that records are missing, and never looks clean', async () => {
    const outputs = newFolder();
    const { code, stdout } = await start(`ulimit -f 64; ${run(outputs, 100)}`).finished;
    expect(stdout).toContain('Measurement: INVALID');
    expect(stdout).toMatch(/the records of \d+ requests are missing/);
    expect(stdout).toContain('the last line is cut off');
    // A page that does not fit costs neither the tables nor the other files.
    expect(stdout).toContain('perf_report.html could not be written: EFBIG');
    expect(code).toBe(0);
    const summary = JSON.parse(readFileSync(join(outputs, 'm', 'summary.json'), 'utf8')) as {
      validity: { verdict: string };
    };
    expect(summary.validity.verdict).toBe('INVALID');
  });

  it('that cannot write its folder is refused before any request', async () => {
    await fetch(`${mock.url}/__reset`, { method: 'POST' });
    const outputs = newFolder();
    const { code, stderr } = await start(run(join(CLI, 'below-a-file'), 5)).finished;
    expect(code).toBe(104);
    expect(stderr).toContain('--outputs-dir');
    expect(await (await fetch(`${mock.url}/__timings`)).json()).toEqual([]);
    expect(outputs).not.toBe('');
  });

  it('that is killed leaves samples that the report reads, and the totals add up', async () => {
    await fetch(`${mock.url}/__reset`, { method: 'POST' });
    const outputs = newFolder();
    const { child, finished } = start(run(outputs, 100_000));
    await requestsSeen(40);
    if (engine === 'k6') for (const pid of childrenOf(child)) process.kill(pid, 'SIGKILL');
    else child.kill('SIGKILL');
    await finished;
    const report = await start(
      `exec ${process.execPath} ${CLI} report ${join(outputs, 'm', 'records.jsonl')} --outputs-dir ${outputs}/again`,
    ).finished;
    expect(report.code).toBe(0);
    const total = row(report.stdout, 'Total requests');
    expect(row(report.stdout, 'Succeed requests') + row(report.stdout, 'Failed requests')).toBe(total);
    expect(row(report.stdout, 'Succeed requests')).toBeGreaterThan(10);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('that gets %s reports what was measured', async (signal) => {
    await fetch(`${mock.url}/__reset`, { method: 'POST' });
    const { child, finished } = start(run(newFolder(), 100_000));
    await requestsSeen(20);
    child.kill(signal);
    const { code, stdout } = await finished;
    expect(code).toBe(105);
    expect(row(stdout, 'Succeed requests') + row(stdout, 'Failed requests')).toBe(row(stdout, 'Total requests'));
    expect(row(stdout, 'Succeed requests')).toBeGreaterThan(10);
    expect(stdout).toContain('Percentile results');
  });

  it('whose client cannot keep up never looks clean', async () => {
    const flood = `data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n`.repeat(10_000);
    const server = await startRawServer((_, socket) => socket.end(`${STREAM_HEAD}${flood}data: [DONE]\n\n`));
    const outputs = newFolder();
    // Enough for more than a second, below which no run is judged.
    const command = run(outputs, 240)
      .replace(`${mock.url}/v1 `, `${server.url} `)
      .replace('--parallel 2', '--parallel 8');
    const { stdout } = await start(command).finished;
    server.close();
    expect(row(stdout, 'Succeed requests')).toBe(240);
    expect(stdout).toMatch(/Measurement: (?:SUSPECT|INVALID)\n {2}\S/);
  }, 60_000);
});
