import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBundle } from '../lib/engine/index.ts';
import type { RequestRecord } from '../lib/measure/request-record.ts';
import { type MockServer, startMockServer } from '../lib/mock/server.ts';
import type { ReadReport } from '../lib/records/node-read-report.ts';
import { readRecords } from '../lib/records/node-record-reader.ts';
import { kindOfLine } from '../lib/records/record-line.ts';
import { createFolder, startProgram } from './support/cli.ts';
import { describeEngines, describeK6, type EngineName, K6_PATH } from './support/engines.ts';
import { STREAM_HEAD, startRawServer } from './support/raw-server.ts';
import { reserveRefusedPort } from './support/refused-port.ts';

type Settings = Readonly<Record<string, string>>;

const BUNDLE = join(process.cwd(), 'dist', 'openqa.js');
const DATASET = join(process.cwd(), 'datasets', 'openqa.jsonl');

/** k6 with its console in a file, as the command line starts it. */
function startK6(settings: Settings, file: string, script = BUNDLE) {
  const given = Object.entries({ MODEL: 'm', NO_TEST_CONNECTION: 'true', ...settings });
  return startProgram(
    K6_PATH as string,
    [
      ...['run', '--quiet', '--console-output', file, '--log-format', 'raw'],
      ...[...given.flatMap(([name, value]) => ['-e', `${name}=${value}`]), script],
    ],
    { cwd: process.cwd() },
  );
}

async function run(engine: EngineName, settings: Settings, file: string): Promise<string> {
  if (engine === 'k6') return (await startK6(settings, file).finished).stderr;
  let stderr = '';
  const env = { MODEL: 'm', NO_TEST_CONNECTION: 'true', ...settings };
  const output = { stdout: { write: () => undefined }, stderr: { write: (text: string) => (stderr += text) } };
  await runBundle({ bundlePath: BUNDLE, env, consoleOutput: file, ...output });
  return stderr;
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
const countOf = (file: string, kind: string): number =>
  existsSync(file) ? linesOf(file).filter((line) => kindOfLine(line) === kind).length : 0;

async function read(file: string): Promise<{ records: RequestRecord[]; report: ReadReport }> {
  const records: RequestRecord[] = [];
  const report = await readRecords([file], (record) => records.push(record));
  return { records, report };
}

/** Waits until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 5, tpotMs: 1, outputTokens: 10 });
});
afterAll(() => mock.close());

describeEngines('records in the console', (engine) => {
  it('are its lines where it is a file, between the configuration and what the engine counted', async () => {
    const file = join(createFolder(), 'records.jsonl');
    const stderr = await run(
      engine,
      { URL: mock.url, PARALLEL: '2', NUMBER: '6', WARMUP_NUM: '2', LOG_EVERY_N_QUERY: '3' },
      file,
    );
    const kinds = linesOf(file).map((line) => kindOfLine(line) ?? 'message');
    expect(kinds[0]).toBe('run');
    expect(kinds.at(-1)).toBe('end');
    expect(kinds.filter((kind) => kind === 'record')).toHaveLength(8);
    expect(readFileSync(file, 'utf8')).toMatch(/^request 2: completed, latency /m);
    expect(stderr).not.toContain('completed, latency');
    const { records, report } = await read(file);
    expect(records.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(report).toMatchObject({ records: 6, warmupRequests: 2, unfinishedRequests: 0, faults: [], problems: [] });
    expect(report.args).toMatchObject({ parallel: 2, number: 6, records: 'auto' });
    // What goes wrong before the load is said on the terminal.
    const refused = { URL: `http://127.0.0.1:${await reserveRefusedPort()}/v1`, NO_TEST_CONNECTION: 'false' };
    expect(await run(engine, refused, join(createFolder(), 'none.jsonl'))).toMatch(
      /test aborted: connection test failed: POST .*; got: .*connection refused; check: /,
    );
  });

  it('are counted and not written with RECORDS=off, and none of its lines with RECORDS=samples', async () => {
    const [off, samples] = [join(createFolder(), 'off'), join(createFolder(), 'samples')];
    await run(engine, { URL: mock.url, NUMBER: '3', RECORDS: 'off' }, off);
    expect((await read(off)).report).toMatchObject({ records: 0, requestsWithoutRecord: 3, faults: [] });
    await run(engine, { URL: mock.url, NUMBER: '3', RECORDS: 'samples' }, samples);
    expect(linesOf(samples).map(kindOfLine).filter(Boolean)).toEqual([]);
  });
});

describeEngines('lines of 300 KB from 20 VUs', (engine) => {
  it('stay whole, with quotes, line ends and escape codes in them', async () => {
    const text = '"\\\n\r\u001b[31m\u2028\u0000é😀'.repeat(25_000);
    const chunk = { choices: [{ index: 0, delta: { content: text }, finish_reason: 'stop' }] };
    const server = await startRawServer((_, socket) => {
      socket.end(`${STREAM_HEAD}data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    const file = join(createFolder(), 'records.jsonl');
    await run(engine, { URL: server.url, PARALLEL: '20', NUMBER: '60', SAVE_TEXT: 'true' }, file);
    server.close();
    const { records, report } = await read(file);
    expect(report).toMatchObject({ records: 60, lostRecords: 0, faults: [], problems: [] });
    expect(records.every(({ response }) => response === text)).toBe(true);
  });
});

describeK6('records of k6', () => {
  it('take at most 1.5 KB for an answer of 128 chunks at 50 tokens/s', async () => {
    const answer = await startMockServer({ ttftMs: 50, tpotMs: 20, outputTokens: 128 });
    const file = join(createFolder(), 'records.jsonl');
    await run('k6', { URL: answer.url, NUMBER: '1' }, file);
    await answer.close();
    const line = linesOf(file).find((line) => kindOfLine(line) === 'record') as string;
    // 1.5 KB to one decimal; what varies is digits.
    expect((JSON.parse(line) as RequestRecord).chunk_gaps_ms).toHaveLength(127);
    expect(Buffer.byteLength(line)).toBeLessThan(1550);
  });
});

describeK6('records of a run that is ended early', () => {
  const load = { PARALLEL: '10', NUMBER: '100000' };

  it.each(['SIGINT', 'SIGTERM'] as const)('are all there after %s', async (signal) => {
    const file = join(createFolder(), 'records.jsonl');
    const { child, finished } = startK6({ ...load, URL: mock.url }, file);
    await until(() => countOf(file, 'record') > 50);
    child.kill(signal);
    expect((await finished).code).toBe(105);
    const { report } = await read(file);
    expect(report).toMatchObject({ lostRecords: 0, faults: [], problems: [] });
    expect(report.records).toBeGreaterThan(50);
    expect(report.unfinishedRequests).toBeLessThanOrEqual(10);
  });

  it('are all there but the last line after SIGKILL', async () => {
    const file = join(createFolder(), 'records.jsonl');
    const { child, finished } = startK6({ ...load, URL: mock.url }, file);
    await until(() => countOf(file, 'record') > 50);
    child.kill('SIGKILL');
    await finished;
    const { report } = await read(file);
    // A line whose end is missing is none of these.
    expect(report).toMatchObject({ records: countOf(file, 'record'), lostRecords: 0 });
    expect(report.faults.every(({ makes }) => makes === 'SUSPECT')).toBe(true);
    expect(report.faults.map(({ text }) => text).join()).toContain("do not end with the engine's count");
  });

  it('are all there after a crossed threshold and an abort of the script', async () => {
    const folder = createFolder();
    const script = join(folder, 'abort.js');
    writeFileSync(
      script,
      `import exec from 'k6/execution';
      import run, { handleSummary, options, setup } from ${JSON.stringify(BUNDLE)};
      export { handleSummary, options, setup };
      export default async (data) => {
        await run(data);
        if (exec.scenario.iterationInTest > 60) exec.test.abort('enough');
      };`,
    );
    const thresholds = join(folder, 'thresholds.json');
    const condition = { threshold: 'count<20', abortOnFail: true };
    writeFileSync(thresholds, JSON.stringify({ llm_requests_completed: [condition] }));
    const settings = { ...load, URL: mock.url, DATASET_PATH: DATASET };
    const [crossed, aborted] = [join(folder, 'crossed'), join(folder, 'aborted')];
    const runs = await Promise.all([
      startK6({ ...settings, THRESHOLDS: thresholds }, crossed).finished,
      startK6(settings, aborted, script).finished,
    ]);
    expect(runs.map(({ code }) => code)).toEqual([99, 108]);
    for (const file of [crossed, aborted]) {
      const { report } = await read(file);
      expect(report).toMatchObject({ lostRecords: 0, faults: [], problems: [] });
      expect(report.records).toBeGreaterThan(20);
    }
  });
});

describe('a console file that cannot be written', () => {
  it('is reported once by the Node engine, which goes on', async () => {
    const stderr = await run('node', { URL: mock.url, NUMBER: '5' }, '/dev/full');
    expect(stderr.match(/Failed to write to log, ENOSPC/g)).toHaveLength(1);
  });
});
