import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SummaryFile } from '../lib/report/json/summary-json.ts';
import { createFolder, startCli } from './support/cli.ts';
import { describeK6, runInEngine } from './support/engines.ts';
import { type MockProcess, startMockProcess } from './support/mock-process.ts';

let mock: MockProcess;
let looks = 0;
/** Who came to the place that a redirect names. */
let followed = 0;
const servers: Server[] = [];

const PAGES: Readonly<Record<string, RequestListener>> = {
  '/html': (_, response) => response.end('<!doctype html><html><body>Sign in</body></html>'),
  '/gzip': (_, response) => {
    looks += 1;
    const lines = Array.from(
      { length: 9000 },
      (__, i) => `other_bucket{le="${i}",path="/a/quite/long/path/of/a/page"} ${i}`,
    );
    // Over half a megabyte; a count that falls once, one that is not a number, and a series that is there twice.
    const tokens = looks === 3 ? 1 : 1000 + looks;
    const text = `${lines.join('\n')}\nvllm:num_requests_running 3\nvllm:generation_tokens_total ${looks === 2 ? 'NaN' : tokens}\nvllm:prompt_tokens_total 5\nvllm:prompt_tokens_total 5${looks}\n`;
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
  },
  '/away': (_, response) => response.writeHead(302, { location: `${addressOf(servers[1])}/caught` }).end(),
  '/dies': (request, response) => {
    if (looks > 1) request.socket.destroy();
    else response.end('vllm:num_requests_running 40\n');
  },
};

function addressOf(server: Server | undefined): string {
  if (server === undefined) throw new Error('not listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function listen(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
}

beforeAll(async () => {
  mock = await startMockProcess(['--ttft-ms', '200', '--tpot-ms', '1']);
  await listen((request, response) => PAGES[request.url?.split('?')[0] ?? '']?.(request, response));
  await listen((_, response) => {
    followed += 1;
    response.end('vllm:num_requests_running 900\n');
  });
});
afterAll(async () => {
  await mock.stop();
  for (const server of servers) server.close();
});

/** Of a page that cannot be read after a while; k6 names its URL then. */
const TOKEN = 'Zq7x9KeyOfThePage';

function listPages(): string {
  return ['html', 'gzip', 'away', `dies?token=${TOKEN}`].map((name) => `${addressOf(servers[0])}/${name}`).join(',');
}

function nameOfFile(entry: Dirent): string[] {
  return entry.isFile() ? [join(entry.parentPath, entry.name)] : [];
}

function expectNoToken(...files: readonly string[]): void {
  for (const file of files) expect(readFileSync(file, 'utf8').includes(TOKEN), file).toBe(false);
}

function expectTruth({ server }: SummaryFile, stdout: string): void {
  if (server === null) throw new Error(`no server: ${stdout}`);
  expect(followed).toBe(0);
  // No 900 of the place that the redirect names, and none of the 40 once their server is dead.
  expect(server.summary.running?.max ?? 0).toBeLessThanOrEqual(43);
  expect(server.summary.prompt_tokens).toBeNull();
  // 1 after the fall and what came then; not the thousand that was there before.
  expect(server.summary.generation_tokens ?? 0).toBeLessThan(1010);
  expect(stdout).toMatch(/\d+ of \d+ looks at the server's\s+metrics failed, the first with/);
  expect(stdout).toMatch(/html answers, but no metric on it is\s+known/);
  expect(stdout).toMatch(/1 of the server's series\s+are on its page twice/);
}

describe('broken pages of metrics', () => {
  it('give no false number, hold nothing up, and are each said once', async () => {
    [looks, followed] = [0, 0];
    const outputs = createFolder();
    const { code, stdout } = await startCli([
      ...['run', '--engine', 'node', '--url', `${mock.url}/v1`, '--model', 'm', '--number', '6', '--max-tokens', '5'],
      ...['--server-metrics', listPages(), '--no-test-connection', '--no-connect-probes'],
      ...['--outputs-dir', outputs, '--no-timestamp'],
    ]).finished;
    expect(code).toBe(0);
    expectTruth(JSON.parse(readFileSync(join(outputs, 'm', 'summary.json'), 'utf8')) as SummaryFile, stdout);
    expectNoToken(...readdirSync(join(outputs, 'm'), { withFileTypes: true }).flatMap(nameOfFile));
  });
});

describeK6('broken pages of metrics in plain k6', () => {
  it('give no false number, hold nothing up, and are each said once', async () => {
    [looks, followed] = [0, 0];
    const outputs = createFolder();
    const settings = { URL: `${mock.url}/v1`, MODEL: 'm', NUMBER: '6', MAX_TOKENS: '5', CONNECT_PROBES: 'off' };
    const run = await runInEngine('k6', 'openqa', { ...settings, SERVER_METRICS: listPages() });
    expect(run.exitCode).toBe(0);
    expect(run.records).toHaveLength(6);
    const report = await startCli(['report', run.samplesPath, '--outputs-dir', outputs, '--no-timestamp']).finished;
    expect(report.code).toBe(0);
    expectTruth(JSON.parse(readFileSync(join(outputs, 'm', 'summary.json'), 'utf8')) as SummaryFile, report.stdout);
    expectNoToken(run.samplesPath, ...readdirSync(join(outputs, 'm'), { withFileTypes: true }).flatMap(nameOfFile));
  });
});

const { LLAMA_SERVER_BIN: program, LLAMA_SERVER_MODEL: model } = process.env;
const hasLlama = program !== undefined && model !== undefined;
if (!hasLlama) {
  console.warn(
    'SKIPPED, NOT PASSED: "a real llama.cpp" needs a llama-server in LLAMA_SERVER_BIN and a GGUF file in LLAMA_SERVER_MODEL',
  );
}

describe.skipIf(!hasLlama)('a real llama.cpp [SKIPPED without LLAMA_SERVER_BIN and LLAMA_SERVER_MODEL]', () => {
  let child: ChildProcess;
  const port = 20_000 + (process.pid % 20_000);
  const url = `http://127.0.0.1:${port}`;

  beforeAll(async () => {
    const flags = ['--metrics', '--parallel', '2', '--host', '127.0.0.1', '--port', `${port}`, '-c', '2048'];
    child = spawn(program as string, ['-m', model as string, ...flags], { stdio: 'ignore' });
    for (let tries = 0; tries < 600; tries++) {
      const isUp = await fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('llama-server did not come up within a minute');
  }, 70_000);
  afterAll(() => {
    child.kill('SIGTERM');
  });

  it('counts the tokens that its answers tell, and has sensible rows', async () => {
    const outputs = createFolder();
    const { code, stdout } = await startCli([
      ...['run', '--engine', 'node', '--url', `${url}/v1`, '--model', 'm', '--parallel', '4', '--number', '8'],
      // Versions before August 2026 do not count what they had in their cache.
      ...['--max-tokens', '16', '--extra-args', '{"cache_prompt":false}', '--no-connect-probes'],
      '--no-test-connection',
      ...['--outputs-dir', outputs, '--no-timestamp'],
    ]).finished;
    expect(code, stdout).toBe(0);
    const { server } = JSON.parse(readFileSync(join(outputs, 'm', 'summary.json'), 'utf8')) as SummaryFile;
    if (server === null) throw new Error(stdout);
    const { prompt_tokens, generation_tokens, notes } = server.reconciliation;
    expect(prompt_tokens?.server).toBe(prompt_tokens?.client);
    expect(generation_tokens?.server).toBe(generation_tokens?.client);
    expect(notes).toEqual([]);
    expect(server.summary.programs).toEqual(['llama.cpp']);
    expect(server.summary.running?.max ?? 0).toBeLessThanOrEqual(2);
    expect(server.summary.waiting?.max ?? 0).toBeLessThanOrEqual(4);
  });
});
