import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import { CLI_PATH, createFolder, runCli, startCli, startProgram } from './support/cli.ts';
import { describeEngines, describeK6, K6_PATH, runInEngine } from './support/engines.ts';
import { readTimings } from './support/mock-process.ts';
import { type RawServer, STREAM_HEAD, startRawServer } from './support/raw-server.ts';

let mock: MockServer;
let url: string;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 10, tpotMs: 5, outputTokens: 10 });
  url = `${mock.url}/v1/chat/completions`;
});
afterAll(() => mock.close());

const flags = (...more: string[]): string[] => ['--url', url, '--model', 'm', '--engine', 'node', ...more];
const recordsIn = (folder: string): string => readFileSync(join(folder, 'records.jsonl'), 'utf8');
const requestsIn = (folder: string): number => recordsIn(folder).match(/^\{"llm_perf":"record"/gm)?.length ?? 0;

/** Waits until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A k6 that only says what it is told about the network. */
function writeFake(path: string): void {
  const said = 'report=$K6_NO_USAGE_REPORT resolution=$K6_AUTO_EXTENSION_RESOLUTION';
  writeFileSync(path, `#!/bin/sh\n[ "$1" = version ] && echo "k6 v0 k6/x/sse" || echo "${said}"\n`);
  chmodSync(path, 0o755);
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a folder without a timestamp', () => {
  it('belongs to one of three runs that start at once', async () => {
    const cwd = createFolder();
    const runs = await Promise.all([1, 2, 3].map(() => runCli(flags('--number', '8', '--no-timestamp'), { cwd })));
    const codes = runs.map(({ code }) => code);
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(codes.filter((code) => code === 104)).toHaveLength(2);
    expect(requestsIn(join(cwd, 'outputs', 'm'))).toBe(8);
  });

  it('keeps the records of a run that was killed, for a report and not for the next run', async () => {
    const cwd = createFolder();
    const folder = join(cwd, 'outputs', 'm');
    const { child, finished } = startCli(flags('--number', '1000', '--no-timestamp'), { cwd });
    await until(() => existsSync(join(folder, 'records.jsonl')) && requestsIn(folder) > 3);
    child.kill('SIGKILL');
    await finished;
    const before = recordsIn(folder);

    const next = await runCli(flags('--number', '2', '--no-timestamp'), { cwd });
    expect(next.code).toBe(104);
    expect(next.stderr).toMatch(/did not come to its end[\s\S]*k6-llm-perf report outputs\/m\/records\.jsonl/);
    expect(recordsIn(folder)).toBe(before);

    const report = await runCli(['report', 'outputs/m/records.jsonl', '--no-timestamp'], { cwd });
    expect(report.stdout).toContain('Report    outputs/m/perf_report.html');
    expect(readdirSync(folder)).toContain('benchmark_data.db');
  });
});

describe('places that cannot be written', () => {
  it('are reported all at once before anything is sent', async () => {
    const seen = (await readTimings(mock)).length;
    const cwd = createFolder();
    mkdirSync(join(cwd, 'junit.xml'));
    const { code, stderr } = await runCli(
      flags('--number', '2', '--outputs-dir', '/proc/none/x', '--junit', 'junit.xml', '--parallel', '0'),
      { cwd },
    );
    expect(code).toBe(104);
    expect(stderr).toMatch(/^3 problems/);
    expect(stderr).toMatch(/--outputs-dir\): got "\/proc\/none\/x"/);
    expect(stderr).toMatch(/--junit\): got "junit\.xml": it is a folder/);
    expect((await readTimings(mock)).length).toBe(seen);
  });

  it('cost neither tables nor files when they fail after the load', async () => {
    const cwd = createFolder();
    const { code, stdout } = await runCli(flags('--number', '2', '--no-timestamp', '--junit', '/dev/full'), { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('Benchmarking summary');
    expect(stdout).toContain('/dev/full could not be written: ENOSPC');
    expect(readdirSync(join(cwd, 'outputs', 'm'))).toContain('summary.json');
  });

  it('are reported by prepare and calibrate before their work', async () => {
    const cwd = createFolder();
    mkdirSync(join(cwd, 'openqa.o200k_base.jsonl'));
    const prepared = await runCli(['prepare', 'openqa'], { cwd });
    expect(prepared).toMatchObject({ code: 104, stdout: '' });
    expect(prepared.stderr).toContain('cannot be written: "openqa.o200k_base.jsonl": it is a folder');
    expect(readdirSync(cwd)).toEqual(['openqa.o200k_base.jsonl']);
    const calibrated = await runCli(['calibrate', '--engine', 'node'], { cwd, env: { XDG_CONFIG_HOME: '/proc/nope' } });
    expect(calibrated).toMatchObject({ code: 104, stdout: '' });
    expect(calibrated.stderr).toMatch(/cannot be kept: "\/proc\/nope\/.*--no-store/s);
  });

  it('leave no folder behind where nothing was sent', async () => {
    const cwd = createFolder();
    await runCli(flags('--number', '2', '--thresholds', 'none.json'), { cwd });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('standard output that nobody takes', () => {
  const shell = (line: string, cwd: string) =>
    startProgram('bash', ['-c', `k() { "${process.execPath}" "${CLI_PATH}" "$@"; }; ${line}`], { cwd }).finished;

  it.each([
    ['--help', 0],
    ['run --help', 0],
    [
      `query outputs/m 'with recursive n(x) as (select 1 union all select x + 1 from n) select x from n' --format csv`,
      0,
    ],
    ['export outputs/m --dialect vllm', 0],
    ['report outputs/m/records.jsonl', 0],
    [`report outputs/m/records.jsonl --gate 'p99(ttft)<0'`, 99],
  ])('ends %s by its own code when a reader has enough, and by 107 when the disk is full', async (command, code) => {
    const cwd = createFolder();
    if (command.includes('outputs')) await runCli(flags('--number', '2', '--no-timestamp'), { cwd });
    const piped = await shell(`k ${command} | head -1; echo "code \${PIPESTATUS[0]}"`, cwd);
    expect(piped.stdout).toContain(`code ${code}\n`);
    expect(piped.stderr).not.toMatch(/EPIPE|\n {4}at /);
    const full = await shell(`k ${command} > /dev/full; echo "code $?"`, cwd);
    expect(full.stdout).toBe(`code ${code || 107}\n`);
    expect(full.stderr).toContain('standard output could not be written: ENOSPC');
    expect(full.stderr).not.toMatch(/\n {4}at /);
  });
});

describeK6('k6 under the command line', () => {
  it('ends when the command line is killed, and its records are whole', async () => {
    const cwd = createFolder();
    const folder = join(cwd, 'outputs', 'm');
    const { child, finished } = startCli(flags('--engine', 'k6', '--number', '5000', '--no-timestamp'), { cwd });
    await until(() => existsSync(join(folder, 'records.jsonl')) && requestsIn(folder) > 3);
    child.kill('SIGKILL');
    await finished;
    // k6 writes its summary when it ends by itself.
    await until(() => readFileSync(join(folder, 'engine_summary.json'), 'utf8').includes('finished_requests'));
    expect(recordsIn(folder).endsWith('\n')).toBe(true);
  });

  it('sends no report to its makers and fetches no other k6, unless the user says so', async () => {
    const cwd = createFolder();
    const fake = join(cwd, 'k6');
    writeFake(fake);
    const environment = async (env: Record<string, string>): Promise<string> => {
      const run = await runCli(flags('--engine', 'k6', '--number', '1'), { cwd, env: { K6_BIN: fake, ...env } });
      return run.stdout + run.stderr;
    };
    expect(await environment({})).toContain('report=true resolution=false');
    expect(await environment({ K6_NO_USAGE_REPORT: 'false', K6_AUTO_EXTENSION_RESOLUTION: 'true' })).toContain(
      'report=false resolution=true',
    );
  });
});

describeEngines('failures of 20 VUs', (engine) => {
  it('are reported once for each kind, whichever VU meets it', async () => {
    const port = await freePort();
    const { stderr } = await runCli(
      [
        ...['--url', `http://127.0.0.1:${port}/v1/chat/completions`, '--model', 'm', '--engine', engine],
        ...['--number', '60', '--parallel', '20', '--no-test-connection'],
      ],
      {},
    );
    expect(stderr.match(/request \d+ failed: refused/g)).toHaveLength(1);
  });
});

const CAN_MOUNT = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
if (!CAN_MOUNT) console.warn('SKIPPED, NOT PASSED: "a disk that fills up" needs unshare and mount');

describeEngines('a disk that fills up', (engine) => {
  it.skipIf(!CAN_MOUNT)('costs records, and the run says how many', async () => {
    const cwd = createFolder();
    const command = [process.execPath, CLI_PATH, ...flags('--engine', engine, '--number', '100', '--no-timestamp')];
    const script = 'mount -t tmpfs -o size=48k tmpfs "$1" && cd "$1" && shift && "$@"';
    const { finished } = startProgram('unshare', ['-rm', 'sh', '-c', script, 'sh', cwd, ...command], { cwd });
    const { stdout, stderr } = await finished;
    const records = Number(/Succeed requests +\| (\d+)/.exec(stdout)?.[1]);
    expect(records).toBeLessThan(100);
    expect(stdout).toContain('Measurement: INVALID');
    // Every one of the 100 was sent and finished.
    expect(stdout).toContain(`the records of ${100 - records} requests are missing`);
    expect(stdout).not.toContain('never went out');
    expect(stdout).toMatch(/Failed requests +\| 0 /);
    expect(stdout).toMatch(/summary\.json could not be written: ENOSPC/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describeEngines('one failure and one note among 100 requests of 100 VUs', (engine) => {
  it('are reported, whichever VUs meet them', async () => {
    const chunk = (delta: object, finish: string | null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
    const server = await startRawServer((index, socket) => {
      if (index === 61)
        socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 6\r\nConnection: close\r\n\r\nbusy.\n');
      else socket.end(STREAM_HEAD + chunk({ content: 'x', ...(index === 40 ? { odd: 'y' } : {}) }, 'stop'));
    });
    const settings = { MODEL: 'm', URL: server.url, PARALLEL: '100', NUMBER: '100', NO_TEST_CONNECTION: 'true' };
    const { stderr, records } = await runInEngine(engine, 'openqa', settings);
    server.close();
    expect(records.filter(({ failure }) => failure !== null)).toHaveLength(1);
    expect(stderr.match(/request \d+ failed: http-status: HTTP 503/g)).toHaveLength(1);
    expect(stderr.match(/text in an unknown field: odd/g)).toHaveLength(1);
  });
});

describeK6('requests under way when k6 is stopped', () => {
  let server: RawServer;
  let open = 0;
  beforeAll(async () => {
    server = await startRawServer((_, socket) => {
      open++;
      socket.write(STREAM_HEAD);
    });
  });
  afterAll(() => server.close());

  it('are not said to be cut', async () => {
    const settings = [
      'MODEL=m',
      `URL=${server.url}`,
      'PARALLEL=100',
      'NUMBER=1000',
      'NO_TEST_CONNECTION=true',
      'DEBUG=true',
    ];
    const { child, finished } = startProgram(
      K6_PATH as string,
      ['run', '--quiet', ...settings.flatMap((setting) => ['-e', setting]), 'dist/openqa.js'],
      { cwd: process.cwd() },
    );
    await until(() => open >= 100);
    child.kill('SIGINT');
    const { stderr, code } = await finished;
    expect(code).toBe(105);
    // k6 lets some of the VUs come to the end of their stream, others not.
    expect(stderr).not.toMatch(/failed: (?!aborted)/);
  });
});
