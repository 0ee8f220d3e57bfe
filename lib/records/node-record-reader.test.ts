import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../measure/request-record.ts';
import { ConfigError } from '../shared/errors.ts';
import { exampleRecord } from './example-record.ts';
import { formatRecord } from './format-record.ts';
import { readRecords } from './node-record-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function writeFile(content: string | Buffer, name = `${++files}.json`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(...paths: string[]) {
  const records: RequestRecord[] = [];
  const report = await readRecords(paths, (record) => records.push(record));
  return { records, report };
}

function point(metric: string, value: number, extra = ''): string {
  return `{"metric":"${metric}","type":"Point","data":{"time":"2026-03-01T12:00:01Z","value":${value},"tags":{"model":"qwen2.5"}${extra}}}\n`;
}

function requestPoint(record: RequestRecord): string {
  return point('llm_requests', 1, `,"metadata":{"record":${JSON.stringify(formatRecord(record))}}`);
}

/** Written by k6 v2.2 with `--out json`: four requests sent, three finished, one of them failed. */
const K6_OUT = join(import.meta.dirname, '__fixtures__', 'k6-out.json');

function warmupPoint(record: RequestRecord): string {
  return point('llm_warmup_requests', 1, `,"metadata":{"record":${JSON.stringify(formatRecord(record))}}`);
}

describe('readRecords', () => {
  it('hands over warm-up requests marked as such, and counts them apart, with and without their record', async () => {
    const warm = exampleRecord({ index: 0, warmup: true });
    const measured = exampleRecord({ index: 1 });
    const { records, report } = await read(
      writeFile(
        warmupPoint(warm) +
          point('llm_warmup_requests', 1) +
          point('llm_requests_sent', 1) +
          requestPoint(measured) +
          `${formatRecord({ ...warm, index: 2 })}\n`,
      ),
    );
    expect(records.map(({ index, warmup }) => [index, warmup])).toEqual([
      [0, true],
      [1, undefined],
      [2, true],
    ]);
    expect(report).toMatchObject({ records: 1, warmupRequests: 3, unfinishedRequests: 0, requestsWithoutRecord: 0 });
    expect(report.problems).toEqual([]);
  });

  it('hands on what a failed connection test told, which is all that such a run leaves', async () => {
    const lines = ['connection test failed: POST http://h/v1', '  got:   HTTP 401: "no"'];
    const told = JSON.stringify(JSON.stringify({ ok: false, lines }));
    const path = writeFile(point('llm_connection_test', 1, `,"metadata":{"connection_test":${told}}`));
    const { report } = await read(path);
    expect(report).toMatchObject({ records: 0, connectionFailure: lines, problems: [] });
    expect((await read(K6_OUT)).report.connectionFailure).toBeNull();
  });

  it('reads what k6 wrote: records, tags, and how many requests never finished', async () => {
    const { records, report } = await read(K6_OUT);
    expect(records.map(({ index, outcome }) => [index, outcome]).sort()).toEqual([
      [0, 'completed'],
      [1, 'completed'],
      [2, 'failed'],
    ]);
    expect(records.find(({ index }) => index === 2)?.failure?.detail).toBe('HTTP 500; <b>"Größe" & 你好</b>\u2028');
    expect(report).toEqual({
      lines: 37,
      records: 3,
      warmupRequests: 0,
      unfinishedRequests: 1,
      requestsWithoutRecord: 0,
      droppedIterations: 0,
      connectionFailure: null,
      vus: null,
      tags: { model: ['qwen2.5'], api: ['openai-chat'], dataset: ['openqa'] },
      args: null,
      problemCount: 0,
      problems: [],
    });
  });

  it('reads gzip by its bytes, whatever the name', async () => {
    const path = writeFile(gzipSync(requestPoint(exampleRecord())), 'packed.json');
    expect((await read(path)).records).toEqual([exampleRecord()]);
  });

  it('reads lines that are records themselves, with either line end and without the last one', async () => {
    const lines = [0, 1, 2].map((index) => formatRecord(exampleRecord({ index })));
    const { records, report } = await read(writeFile(`${lines[0]}\r\n\n${lines[1]}\n${lines[2]}`));
    expect(records.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(report.problemCount).toBe(0);
  });

  it('reads the key order of older k6 versions, which name the metric last', async () => {
    const line = requestPoint(exampleRecord()).replace(
      /^\{"metric":"llm_requests","type":"Point",(.*)\}\n$/,
      '{"type":"Point",$1,"metric":"llm_requests"}\n',
    );
    expect(line).toMatch(/^\{"type":"Point","data":/);
    expect((await read(writeFile(line))).records).toHaveLength(1);
  });

  it('is not misled by metrics whose names begin alike', async () => {
    const extra = `,"metadata":{"record":${JSON.stringify(formatRecord(exampleRecord()))}}`;
    const others = point('llm_requests_completed', 1, extra) + point('llm_requestsx', 1, extra) + point('x', 1, extra);
    expect((await read(writeFile(others))).report).toMatchObject({ lines: 3, records: 0, problemCount: 0 });
  });

  it('adds up dropped iterations and takes the most VUs of each file', async () => {
    const one = writeFile(point('dropped_iterations', 2) + point('dropped_iterations', 3) + point('vus_max', 4));
    const two = writeFile(point('vus_max', 3) + point('vus_max', 6) + point('vus_max', 5) + point('vus', 9));
    expect((await read(one, two)).report).toMatchObject({ droppedIterations: 5, vus: 10 });
  });

  it('gives the configuration that the first file carries', async () => {
    const run = (args: string): string => point('llm_run', 1, `,"metadata":{"args":${JSON.stringify(args)}}`);
    const { report } = await read(writeFile(run('{"parallel":8}')), writeFile(run('{"parallel":9}')));
    expect(report.args).toEqual({ parallel: 8 });
    const broken = (await read(writeFile(run('{"parallel":')))).report;
    expect(broken).toMatchObject({ args: null, problems: [{ text: 'the configuration of the run is no JSON' }] });
  });

  it('counts finished requests whose run wrote no records', async () => {
    const { report } = await read(writeFile(point('llm_requests_sent', 1) + point('llm_requests', 1)));
    expect(report).toMatchObject({ records: 0, requestsWithoutRecord: 1, unfinishedRequests: 0 });
  });

  it('reports a cut last line and uses the rest, plain and packed', async () => {
    const whole = requestPoint(exampleRecord()) + requestPoint(exampleRecord({ index: 1 }));
    const plain = writeFile(whole.slice(0, -30), 'cut.json');
    const { records, report } = await read(plain);
    expect(records).toHaveLength(1);
    expect(report.problems).toEqual([
      { place: 'cut.json:2', text: 'the last line is cut off, as when a run is killed; what came before is used' },
    ]);

    const many = Array.from({ length: 3000 }, (_, index) =>
      requestPoint(exampleRecord({ index, start_ms: index ** 1.5 })),
    );
    const packed = gzipSync(many.join(''));
    const cut = await read(writeFile(packed.subarray(0, packed.length / 2), 'cut.json.gz'));
    expect(cut.records.length).toBeGreaterThan(1000);
    expect(cut.report.problems).toMatchObject([{ text: expect.stringContaining('cut off') }]);
  });

  it('counts broken lines in the middle, says where they are, and goes on', async () => {
    const broken = requestPoint(exampleRecord()).replace('"value":1', '"value":');
    const path = writeFile(`level=info\n${broken}${requestPoint(exampleRecord())}`, 'broken.json');
    const { records, report } = await read(path);
    expect(records).toHaveLength(1);
    expect(report.problems).toEqual([
      { place: 'broken.json:1', text: 'the line is no JSON object' },
      { place: 'broken.json:2', text: 'the line is no JSON' },
    ]);
  });

  it('reports records of another version and keeps the first twenty problems only', async () => {
    const future = formatRecord(exampleRecord()).replace('"v":2', '"v":3');
    const path = writeFile(`${`${future}\n`.repeat(30)}${requestPoint(exampleRecord())}`, 'future.json');
    const { records, report } = await read(path);
    expect(records).toHaveLength(1);
    expect(report.problemCount).toBe(30);
    expect(report.problems).toHaveLength(20);
    expect(report.problems[0]).toEqual({
      place: 'future.json:1',
      text: 'record version 3 is unknown; versions 1 and 2 are',
    });
  });

  it('says so when a packed file is damaged, and uses what came before', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) =>
      requestPoint(exampleRecord({ index, start_ms: index ** 1.5 })),
    );
    const packed = gzipSync(lines.join(''));
    packed.fill(0xff, packed.length - 5000, packed.length - 4000);
    const { records, report } = await read(writeFile(packed, 'damaged.json.gz'));
    expect(records.length).toBeGreaterThan(1000);
    expect(report.problems[0]?.text).toContain('reading stopped');
  });

  it('puts the clocks of several files on that of the first, and keeps an index that repeats', async () => {
    const here = exampleRecord({ started_at: '2026-03-01T12:00:01.000Z', start_ms: 1000, end_ms: 1100 });
    const there = exampleRecord({
      started_at: '2026-03-01T12:00:03.500Z',
      start_ms: 500,
      end_ms: 700,
      scheduled_ms: 499,
    });
    const { records } = await read(writeFile(requestPoint(here)), writeFile(requestPoint(there)));
    // The second run began at 12:00:03.000, three seconds after the first.
    expect(records.map(({ index, start_ms, end_ms, scheduled_ms }) => [index, start_ms, end_ms, scheduled_ms])).toEqual(
      [
        [0, 1000, 1100, null],
        [0, 3500, 3700, 3499],
      ],
    );
  });

  it('gives the same records wherever the pieces of a file are cut', async () => {
    const filler = point('llm_itl', 10).repeat(3000);
    const long = exampleRecord({ index: 7, response: 'ü'.repeat(1_500_000) });
    const content = filler + requestPoint(exampleRecord()) + filler + requestPoint(long) + filler;
    const { records, report } = await read(writeFile(content));
    expect(records.map(({ index, response }) => [index, response?.length])).toEqual([
      [0, undefined],
      [7, 1_500_000],
    ]);
    expect(report.lines).toBe(9002);
  });

  it('lets an error of the callback through, since that is no problem of the file', async () => {
    const failing = readRecords([writeFile(requestPoint(exampleRecord()))], () => {
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('a bug');
  });

  it('refuses paths that are no files, all at once', async () => {
    const missing = [join(folder, 'none.json'), folder];
    const refusal = await read(...missing).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect((refusal as ConfigError).problems.map(({ got }) => got)).toEqual(
      missing.map((path) => JSON.stringify(path)),
    );
    await expect(read()).rejects.toThrow(ConfigError);
  });
});
