import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { createOwnFolder } from '../../tests/support/own-folder.ts';
import { createFileWriter, readFiles } from '../../tests/support/record-files.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { readRecords } from './node-record-reader.ts';
import { formatLine, RECORD_VERSION } from './record-line.ts';
import { UnusableFilesError } from './unusable-files.ts';

const folder = createOwnFolder('record-reader');

const writeFile = createFileWriter(folder, 'json');

function point(metric: string, value: number, extra = ''): string {
  return `{"metric":"${metric}","type":"Point","data":{"time":"2026-03-01T12:00:01Z","value":${value},"tags":{"model":"qwen2.5"}${extra}}}\n`;
}

function requestPoint(record: RequestRecord): string {
  return point('llm_requests', 1, `,"metadata":{"record":${JSON.stringify(JSON.stringify(record))}}`);
}

/** Written by k6 v2.2 with `--out json`: four requests sent, three finished, one of them failed. */
const K6_OUT = join(import.meta.dirname, '../../tests/fixtures/records/k6-out.json');

function warmupPoint(record: RequestRecord): string {
  return point('llm_warmup_requests', 1, `,"metadata":{"record":${JSON.stringify(JSON.stringify(record))}}`);
}

describe('readRecords', () => {
  it('hands over warm-up requests marked as such, and counts them apart, with and without their record', async () => {
    const warm = exampleRecord({ index: 0, warmup: true });
    const measured = exampleRecord({ index: 1 });
    const { records, report } = await readFiles(
      writeFile(
        warmupPoint(warm) +
          point('llm_warmup_requests', 1) +
          point('llm_requests_sent', 1) +
          requestPoint(measured) +
          `${JSON.stringify({ ...warm, index: 2 })}\n`,
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
    const { report } = await readFiles(path);
    expect(report).toMatchObject({ records: 0, connectionFailure: lines, problems: [] });
    expect((await readFiles(K6_OUT)).report.connectionFailure).toBeNull();
  });

  it('reads what k6 wrote: records, tags, and how many requests never finished', async () => {
    const { records, report } = await readFiles(K6_OUT);
    expect(records.map(({ index, outcome }) => [index, outcome]).sort()).toEqual([
      [0, 'completed'],
      [1, 'completed'],
      [2, 'failed'],
    ]);
    expect(records.find(({ index }) => index === 2)?.failure?.detail).toBe('HTTP 500; <b>"Größe" & 你好</b>\u2028');
    expect(report).toEqual({
      beginnings: [],
      probeRequests: 0,
      stoppedBy: null,
      connectProbes: [],
      serverReadings: [],
      lines: 37,
      records: 3,
      warmupRequests: 0,
      unfinishedRequests: 1,
      hadEnough: false,
      closedRequests: 0,
      requestsWithoutRecord: 0,
      droppedIterations: 0,
      connectionFailure: null,
      vus: null,
      tags: { model: ['qwen2.5'], api: ['openai-chat'], dataset: ['openqa'] },
      args: null,
      runIds: [],
      segments: [],
      lostRecords: 0,
      missingRecords: 0,
      unknownKinds: {},
      faults: [],
      problemCount: 0,
      problems: [],
    });
  });

  it('hands on what the end of a load closed, last, and not where that had told enough', async () => {
    const failure = { kind: 'aborted', status: null, detail: 'the run was stopped' } as const;
    const aborted = (index: number, more: object = {}) => exampleFailure({ index, run_id: 'r', failure, ...more });
    const lines = [
      formatLine('record', aborted(0)),
      formatLine('record', exampleRecord({ index: 1, run_id: 'r' })),
      formatLine('record', aborted(2, { warmup: true })),
      // One of the three that were sent and measured left no record.
      formatLine('end', { v: RECORD_VERSION, run_id: 'r', sent: 3, completed: 1, failed: 1, warmups: 1 }),
    ];
    const stopped = await readFiles(writeFile(lines.join('\n')));
    expect(stopped.records.map(({ index }) => index)).toEqual([1, 0, 2]);
    expect(stopped.report).toMatchObject({ hadEnough: false, closedRequests: 0, unfinishedRequests: 1 });
    const enough = formatLine('enough', { v: RECORD_VERSION, run_id: 'r' });
    const { records, report } = await readFiles(writeFile([...lines, enough].join('\n')));
    expect(records.map(({ index }) => index)).toEqual([1]);
    expect(report).toMatchObject({ hadEnough: true, closedRequests: 2, unfinishedRequests: 0, records: 2 });
    // Of another run it says nothing.
    const other = formatLine('enough', { v: RECORD_VERSION, run_id: 'other' });
    expect((await readFiles(writeFile([...lines, other].join('\n')))).records).toHaveLength(3);
  });

  it('takes no more requests for closed on purpose than can have been under way, and none of another run', async () => {
    const runLines = (run_id: string, enough: boolean) => [
      formatLine('run', { v: RECORD_VERSION, run_id, args: { run_id, parallel: 2 } }),
      formatLine('record', exampleRecord({ index: 0, run_id })),
      // 11 sent and 1 record: 2 at most were under way, and 8 are lost.
      formatLine('end', { v: RECORD_VERSION, run_id, sent: 11, completed: 1, vus_max: 2 }),
      ...(enough ? [formatLine('enough', { v: RECORD_VERSION, run_id })] : []),
    ];
    const [a, b] = [runLines('a', true), runLines('b', false)].map((lines, run) =>
      writeFile(lines.join('\n'), `${run}.jsonl`),
    ) as [string, string];
    const closed = { closedRequests: 2, unfinishedRequests: 0, lostRecords: 8, faults: [{ makes: 'INVALID' }] };
    expect((await readFiles(a)).report).toMatchObject(closed);
    expect((await readFiles(b)).report).toMatchObject({ closedRequests: 0, unfinishedRequests: 2, lostRecords: 8 });
    const merged = await readRecords([a, b], () => undefined, { anyway: true });
    expect(merged).toMatchObject({ closedRequests: 2, unfinishedRequests: 2, lostRecords: 16 });
    // In k6's samples, which do not name their run, the file does.
    const args = `,"metadata":{"args":${JSON.stringify(JSON.stringify({ run_id: 'a', parallel: 2 }))}}`;
    const sent = point('llm_requests_sent', 1).repeat(11);
    const record = requestPoint(exampleRecord({ run_id: 'a' }));
    const enough = formatLine('enough', { v: RECORD_VERSION, run_id: 'a' });
    expect((await readFiles(writeFile(point('llm_run', 1, args) + sent + record + enough))).report).toMatchObject(
      closed,
    );
  });

  it('reads gzip by its bytes, whatever the name', async () => {
    const path = writeFile(gzipSync(requestPoint(exampleRecord())), 'packed.json');
    expect((await readFiles(path)).records).toEqual([exampleRecord()]);
  });

  it('reads lines that are records themselves, with either line end and without the last one', async () => {
    const lines = [0, 1, 2].map((index) => JSON.stringify(exampleRecord({ index })));
    const { records, report } = await readFiles(writeFile(`${lines[0]}\r\n\n${lines[1]}\n${lines[2]}`));
    expect(records.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(report.problemCount).toBe(0);
  });

  it('reads the key order of older k6 versions, which name the metric last', async () => {
    const line = requestPoint(exampleRecord()).replace(
      /^\{"metric":"llm_requests","type":"Point",(.*)\}\n$/,
      '{"type":"Point",$1,"metric":"llm_requests"}\n',
    );
    expect(line).toMatch(/^\{"type":"Point","data":/);
    expect((await readFiles(writeFile(line))).records).toHaveLength(1);
  });

  it('is not misled by metrics whose names begin alike', async () => {
    const extra = `,"metadata":{"record":${JSON.stringify(JSON.stringify(exampleRecord()))}}`;
    const others = point('llm_requests_completed', 1, extra) + point('llm_requestsx', 1, extra) + point('x', 1, extra);
    expect((await readFiles(writeFile(others))).report).toMatchObject({ lines: 3, records: 0, problemCount: 0 });
  });

  it('adds up dropped iterations and takes the most VUs of each file', async () => {
    const one = writeFile(point('dropped_iterations', 2) + point('dropped_iterations', 3) + point('vus_max', 4));
    const two = writeFile(point('vus_max', 3) + point('vus_max', 6) + point('vus_max', 5) + point('vus', 9));
    expect((await readFiles(one, two)).report).toMatchObject({ droppedIterations: 5, vus: 10 });
  });

  it('gives the configuration that the first file carries', async () => {
    const run = (args: string): string => point('llm_run', 1, `,"metadata":{"args":${JSON.stringify(args)}}`);
    const { report } = await readFiles(writeFile(run('{"parallel":8}')), writeFile(run('{"parallel":9}')));
    expect(report.args).toEqual({ parallel: 8 });
    const broken = (await readFiles(writeFile(run('{"parallel":')))).report;
    expect(broken).toMatchObject({ args: null, problems: [{ text: 'the configuration of the run is not JSON' }] });
  });

  it('counts finished requests whose run wrote no records', async () => {
    const { report } = await readFiles(writeFile(point('llm_requests_sent', 1) + point('llm_requests', 1)));
    expect(report).toMatchObject({ records: 0, requestsWithoutRecord: 1, unfinishedRequests: 0 });
  });

  it('reports a cut last line and uses the rest, plain and packed', async () => {
    const whole = requestPoint(exampleRecord()) + requestPoint(exampleRecord({ index: 1 }));
    const plain = writeFile(whole.slice(0, -30), 'cut.json');
    const { records, report } = await readFiles(plain);
    expect(records).toHaveLength(1);
    expect(report.problems).toEqual([
      { place: 'cut.json:2', text: 'the last line is cut off, as when a run is killed; what came before is used' },
    ]);

    const many = Array.from({ length: 3000 }, (_, index) =>
      requestPoint(exampleRecord({ index, start_ms: index ** 1.5, end_ms: index ** 1.5 + 141 })),
    );
    const packed = gzipSync(many.join(''));
    const cut = await readFiles(writeFile(packed.subarray(0, packed.length / 2), 'cut.json.gz'));
    expect(cut.records.length).toBeGreaterThan(1000);
    expect(cut.report.problems.map(({ text }) => text)).toEqual([
      'the packed file ends early, as when a run is killed; what came before is used',
      'the last line is cut off, as when a run is killed; what came before is used',
    ]);
    // How much is missing nobody knows, other than where a plain file was still being written.
    expect(report.faults.map(({ makes }) => makes)).toEqual(['SUSPECT']);
    expect(cut.report.faults.map(({ makes }) => makes)).toContain('INVALID');
  });

  it('counts broken lines in the middle, says where they are, and goes on', async () => {
    const broken = requestPoint(exampleRecord()).replace('"value":1', '"value":');
    const path = writeFile(`level=info\n${broken}${requestPoint(exampleRecord())}`, 'broken.json');
    const { records, report } = await readFiles(path);
    expect(records).toHaveLength(1);
    expect(report.problems).toEqual([
      { place: 'broken.json:1', text: 'the line is not a JSON object' },
      { place: 'broken.json:2', text: 'the line is not JSON' },
    ]);
    // There is nothing but samples between k6's samples, so either line may have been a request.
    expect(report.lostRecords).toBe(2);
    expect(report.faults).toEqual([
      {
        makes: 'INVALID',
        text: '2 lines of the samples, requests or what may have been some, cannot be read; the tables lack them',
      },
    ]);
  });

  it('takes text between records for what a script printed: SUSPECT, and INVALID where there is much of it', async () => {
    const records = Array.from({ length: 40 }, (_, index) => JSON.stringify(exampleRecord({ index })));
    const few = await readFiles(writeFile(`hello\n${records.join('\n')}\n`));
    expect(few.report).toMatchObject({ records: 40, lostRecords: 0 });
    expect(few.report.faults).toEqual([
      { makes: 'SUSPECT', text: '1 line is not a record, and may have replaced one' },
    ]);
    const many = await readFiles(writeFile(`${'{"level":"info"}\n'.repeat(3)}${records.join('\n')}\n`));
    expect(many.report.faults).toEqual([
      { makes: 'INVALID', text: '3 lines are not records, and may have replaced one' },
    ]);
  });

  it.each([
    ['bytes that are not text', Buffer.from([0x80, 0xfe, 0x00, 0x17])],
    ['half a record', Buffer.from(JSON.stringify(exampleRecord()).slice(0, 200))],
    ['a record of a later version', Buffer.from(JSON.stringify(exampleRecord()).replace('"v":2', '"v":3'))],
    ['a negative time', Buffer.from(JSON.stringify(exampleRecord({ ttft_ms: -4 })))],
  ])('counts %s as a lost record', async (_what, line) => {
    const content = Buffer.concat([line, Buffer.from(`\n${JSON.stringify(exampleRecord({ index: 1 }))}\n`)]);
    const { records, report } = await readFiles(writeFile(content));
    expect(records.map(({ index }) => index)).toEqual([1]);
    expect(report).toMatchObject({ records: 1, lostRecords: 1, faults: [{ makes: 'INVALID' }] });
  });

  it('reads a record whose keys are in another order', async () => {
    const sorted = Object.fromEntries(Object.entries(exampleRecord()).sort(([a], [b]) => (a < b ? -1 : 1)));
    const { records, report } = await readFiles(writeFile(`${JSON.stringify(sorted)}\n`));
    expect(records).toEqual([exampleRecord()]);
    expect(report.faults).toEqual([]);
  });

  it('reports records of another version and keeps the first twenty problems only', async () => {
    const future = JSON.stringify(exampleRecord()).replace('"v":2', '"v":3');
    const path = writeFile(`${`${future}\n`.repeat(30)}${requestPoint(exampleRecord())}`, 'future.json');
    const { records, report } = await readFiles(path);
    expect(records).toHaveLength(1);
    expect(report.problemCount).toBe(30);
    expect(report.problems).toHaveLength(20);
    expect(report.problems[0]).toEqual({
      place: 'future.json:1',
      text: 'record version 3 is of a newer k6-llm-perf; this one reads versions 1 and 2',
    });
  });

  it('says so when a packed file is damaged, and uses what came before', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) =>
      requestPoint(exampleRecord({ index, start_ms: index ** 1.5, end_ms: index ** 1.5 + 141 })),
    );
    const packed = gzipSync(lines.join(''));
    packed.fill(0xff, packed.length - 5000, packed.length - 4000);
    const { records, report } = await readFiles(writeFile(packed, 'damaged.json.gz'));
    expect(records.length).toBeGreaterThan(1000);
    expect(report.faults.map(({ text }) => text).join()).toContain('reading stopped');
  });

  it('puts the clocks of several files on that of the first', async () => {
    const here = exampleRecord({ started_at: '2026-03-01T12:00:01.000Z', start_ms: 1000, end_ms: 1150 });
    const there = exampleRecord({
      index: 1,
      started_at: '2026-03-01T12:00:03.500Z',
      start_ms: 500,
      end_ms: 700,
      scheduled_ms: 499,
    });
    const { records } = await readFiles(writeFile(requestPoint(here)), writeFile(requestPoint(there)));
    // The second run began at 12:00:03.000, three seconds after the first.
    expect(records.map(({ index, start_ms, end_ms, scheduled_ms }) => [index, start_ms, end_ms, scheduled_ms])).toEqual(
      [
        [0, 1000, 1150, null],
        [1, 3500, 3700, 3499],
      ],
    );
  });

  it('gives the same records wherever the pieces of a file are cut', async () => {
    const filler = point('llm_itl', 10).repeat(3000);
    const long = exampleRecord({ index: 7, response: 'ü'.repeat(1_500_000) });
    const content = filler + requestPoint(exampleRecord()) + filler + requestPoint(long) + filler;
    const { records, report } = await readFiles(writeFile(content));
    expect(records.map(({ index, response }) => [index, response?.length])).toEqual([
      [0, undefined],
      [7, 1_500_000],
    ]);
    expect(report.lines).toBe(9002);
  });

  it('lets an error of the callback through, since that is not a problem of the file', async () => {
    const failing = readRecords([writeFile(requestPoint(exampleRecord()))], () => {
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('a bug');
  });

  it('refuses the same request twice, whatever files it is in', async () => {
    const text = requestPoint(exampleRecord({ index: 6 })) + requestPoint(exampleRecord({ index: 7 }));
    const plain = writeFile(text, 'run.json');
    await expect(readFiles(plain, writeFile(gzipSync(text), 'run.json.gz'))).rejects.toThrow(
      'run.json and run.json.gz hold the same requests (6 and on); they are copies of one run, so name one of them',
    );
    // Not even where unlike runs are merged: it would count everything twice.
    await expect(readFiles(writeFile(text + text, 'twice.json'))).rejects.toThrow('twice.json holds request 6 twice');
    await expect(readRecords([plain, writeFile(text)], () => undefined, { anyway: true })).rejects.toThrow(
      UnusableFilesError,
    );
  });

  it('takes no more requests for stopped under way than can have been: the others are lost', async () => {
    const args = `,"metadata":{"args":${JSON.stringify(JSON.stringify({ parallel: 2 }))}}`;
    const sent = point('llm_requests_sent', 1);
    const { report } = await readFiles(
      writeFile(point('llm_run', 1, args) + sent.repeat(6) + requestPoint(exampleRecord())),
    );
    expect(report).toMatchObject({ unfinishedRequests: 2, lostRecords: 3, faults: [{ makes: 'INVALID' }] });
    expect(report.faults[0]?.text).toContain('the tables lack the other 3');
    // Where nobody says how many ran at once, any number may have been stopped.
    expect((await readFiles(writeFile(sent.repeat(6)))).report).toMatchObject({
      unfinishedRequests: 6,
      lostRecords: 0,
    });
  });

  it('drops a byte order mark, before samples and before records', async () => {
    for (const line of [requestPoint(exampleRecord()), `${JSON.stringify(exampleRecord())}\n`]) {
      for (const content of [`\ufeff${line}`, gzipSync(`\ufeff${line}`)]) {
        expect((await readFiles(writeFile(content))).report).toMatchObject({ records: 1, lostRecords: 0, faults: [] });
      }
    }
  });

  it.each([
    { end_ms: 1e308 },
    { tpot_ms: 1e9 },
    { output_tokens: 9e15 },
    { client_lag_ms: 1e300 },
    { retry_after_s: -1 },
  ])('takes %j of an edited record for what cannot be, and counts it as lost', async (edit) => {
    const path = writeFile(`${JSON.stringify({ ...exampleRecord(), ...edit })}\n`);
    expect((await readFiles(path)).report).toMatchObject({ records: 0, lostRecords: 1 });
  });

  describe('of instances', () => {
    const run = (segment: string | null, extra = {}): string =>
      point(
        'llm_run',
        1,
        `,"metadata":{"args":${JSON.stringify(JSON.stringify({ run_id: 'r', segment, parallel: 2, ...extra }))}}`,
      );
    const share = (count: number, segment = '0:1/2'): string =>
      Array.from({ length: count }, (_, index) => requestPoint(exampleRecord({ index, run_id: 'r', segment }))).join(
        '',
      );

    it('reads one without a share of the load as one of the run', async () => {
      const busy = writeFile(run('0:1/2', { expected_requests: null }) + share(3));
      const { report } = await readFiles(busy, writeFile(run('1/2:1', { expected_requests: null })));
      expect(report).toMatchObject({ segments: ['0:1/2', '1/2:1'], faults: [] });
      expect((await readFiles(busy)).report.faults).toMatchObject([
        { makes: 'SUSPECT', text: expect.stringContaining('instances are missing') },
      ]);
    });

    it('misses none where one had all the requests, or all the VUs', async () => {
      const counted = await readFiles(writeFile(run('0:1/2', { expected_requests: 3 }) + share(3)));
      expect(counted.report.faults).toEqual([]);
      const fewer = await readFiles(writeFile(run('0:1/2', { expected_requests: 4 }) + share(3)));
      expect(fewer.report.faults).toMatchObject([{ makes: 'SUSPECT' }]);
      const timed = (vus: number): string =>
        writeFile(run('0:1/2', { expected_requests: null }) + share(3) + point('vus_max', vus));
      expect((await readFiles(timed(2))).report.faults).toEqual([]);
      expect((await readFiles(timed(1))).report.faults).toMatchObject([{ makes: 'SUSPECT' }]);
    });

    it('says which one sent nothing since its connection test failed: the load was another than planned', async () => {
      const told = JSON.stringify(JSON.stringify({ ok: false, lines: ['connection test failed', '  got: HTTP 500'] }));
      const failure = point('llm_connection_test', 1, `,"metadata":{"connection_test":${told}}`);
      const { report } = await readFiles(writeFile(run('0:1/2') + share(3)), writeFile(run('1/2:1') + failure));
      expect(report.faults).toEqual([
        { makes: 'INVALID', text: 'the instance 1/2:1 sent nothing: connection test failed; got: HTTP 500' },
      ]);
      // An earlier try of the whole run is not an instance of it.
      const tried = await readFiles(writeFile(run(null) + share(3)), writeFile(run(null) + failure));
      expect(tried.report.faults.filter(({ makes }) => makes === 'INVALID')).toEqual([]);
    });
  });

  it('passes over a line that is too long to be a record, and holds no more of it than that', async () => {
    const records = [0, 1].map((index) => `${JSON.stringify(exampleRecord({ index }))}\n`);
    const bomb = gzipSync(Buffer.concat([Buffer.from(records[0] as string), Buffer.alloc(200 << 20, 0x61)]));
    const end = gzipSync(`\n${records[1]}`);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 5);
    const { records: read1, report } = await readFiles(writeFile(Buffer.concat([bomb, end]), 'bomb.json.gz'));
    clearInterval(watch);
    expect(read1.map(({ index }) => index)).toEqual([0, 1]);
    expect(report).toMatchObject({
      lostRecords: 1,
      problems: [{ place: 'bomb.json.gz:2', text: expect.stringContaining('longer than 32 MB') }],
    });
    // The line has 200 MB.
    expect(most).toBeLessThan(120 << 20);
  });
});
