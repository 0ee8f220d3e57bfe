import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { createOwnFolder } from '../../tests/support/own-folder.ts';
import { createFileWriter, readFiles } from '../../tests/support/record-files.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { checkFiles } from './node-check-files.ts';
import { unwrapLogLine } from './node-log-line.ts';
import { listProblems } from './node-read-report.ts';
import { formatLine } from './record-line.ts';

const folder = createOwnFolder('own-lines');

const writeFile = createFileWriter(folder, 'jsonl');

const IDS = { v: 2, run_id: 'run-1', segment: null };

function recordLine(index: number, changes: Partial<RequestRecord> = {}): string {
  return `${formatLine('record', exampleRecord({ index, run_id: 'run-1', ...changes }))}\n`;
}

function runLine(args: object = {}): string {
  const all = { run_id: 'run-1', model: 'qwen2.5', dataset: 'openqa', parallel: 2, records: 'auto', ...args };
  return `${formatLine('run', { ...IDS, args: all })}\n`;
}

function endLine(counts: object): string {
  const none = { sent: 0, completed: 0, failed: 0, cancelled: 0, warmups: 0, dropped_iterations: 0, vus_max: 2 };
  return `${formatLine('end', { ...IDS, ...none, ...counts })}\n`;
}

/** Written by k6 v2.2 with `--console-output`, in each of its formats: three requests of one VU. */
function fixture(name: string): string {
  return join(import.meta.dirname, '../../tests/fixtures/records', `console-${name}.jsonl`);
}

describe('a console file', () => {
  it.each(['raw', 'text', 'json', 'tty'])('is read as k6 wrote it, format %s', async (format) => {
    const { records, report } = await readFiles(fixture(format));
    expect(records.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(records[2]).toMatchObject({ outcome: 'completed', segment: null, failure: null, output_tokens: 4 });
    expect(report).toMatchObject({
      records: 3,
      unfinishedRequests: 0,
      // k6 samples that once a second.
      vus: null,
      tags: { model: ['qwen2.5'], api: ['openai-chat'], dataset: ['openqa'] },
      args: { parallel: 1, number: 3 },
      lostRecords: 0,
      faults: [],
      problems: [],
    });
  });

  it('gives back every record, whatever is null in it', async () => {
    const conversation = { id: 'a', turn: 1, turns: null };
    const given = [
      exampleRecord({ index: 0, cached_tokens: null, prompt: '"\u2028\n😀\ud800', conversation }),
      exampleFailure({ index: 1 }),
      exampleRecord({ index: 2, warmup: true }),
    ];
    const lines = given.map((record) => `${formatLine('record', record)}\n`).join('');
    expect((await readFiles(writeFile(lines))).records).toEqual(given);
    expect((await readFiles(writeFile(gzipSync(lines)))).records).toEqual(given);
  });

  it('takes all that is not ours for what the script printed', async () => {
    const noise = ['hello', '{"user":"json"}', '{"metric', '\u001b[31mred\u001b[0m', '\u0000\u0001', 'INFO[0000] hi'];
    const all = `${noise.join('\n')}\n${runLine()}${recordLine(0)}${noise.join('\n')}\n${endLine({ sent: 1, completed: 1 })}`;
    const { report } = await readFiles(writeFile(all));
    expect(report).toMatchObject({ records: 1, lostRecords: 0, faults: [], problems: [] });
  });

  it('counts kinds that it does not know, and names them', async () => {
    const unknown = '{"llm_perf":"weather","v":9}\n';
    const path = writeFile(runLine() + unknown + recordLine(0) + unknown + endLine({ sent: 1, completed: 1 }));
    const { report } = await readFiles(path);
    expect(report.unknownKinds).toEqual({ weather: 2 });
    expect(listProblems(report)).toEqual([
      '2 lines of the kind "weather", which this version does not know, passed over',
    ]);
    expect(report.faults).toEqual([]);
  });

  it('says how many requests the engine counted and are not there', async () => {
    const end = endLine({ sent: 7, completed: 4, failed: 1, dropped_iterations: 3 });
    const { report } = await readFiles(writeFile(runLine() + recordLine(0) + recordLine(1) + end));
    expect(report).toMatchObject({ records: 2, lostRecords: 3, missingRecords: 3, unfinishedRequests: 2 });
    expect(report).toMatchObject({ droppedIterations: 3, vus: 2 });
    expect(report.faults).toEqual([
      {
        makes: 'INVALID',
        text: '3 of 5 finished requests left no record, as when a disk is full; the tables lack them',
      },
    ]);
  });

  it('counts a line that cannot be read as one of those that are missing', async () => {
    const [broken] = [`${recordLine(1).slice(0, 90)}${recordLine(2)}`];
    const { report } = await readFiles(
      writeFile(runLine() + recordLine(0) + broken + endLine({ sent: 3, completed: 3 })),
    );
    expect(report).toMatchObject({ records: 1, lostRecords: 2, missingRecords: 1 });
  });

  it('takes a request that was stopped between its record and its count for finished', async () => {
    const { report } = await readFiles(writeFile(runLine() + recordLine(0) + endLine({ sent: 1 })));
    expect(report).toMatchObject({ records: 1, unfinishedRequests: 0, lostRecords: 0 });
  });

  it('lacks no record where the run was to write none', async () => {
    const path = writeFile(runLine({ records: 'off' }) + endLine({ sent: 5, completed: 5, warmups: 1 }));
    const { report } = await readFiles(path);
    expect(report).toMatchObject({ requestsWithoutRecord: 5, warmupRequests: 1, lostRecords: 0, faults: [] });
  });

  it('that ends in the middle of a line is used but for that, and lacks the count of its engine', async () => {
    const { records, report } = await readFiles(writeFile(runLine() + recordLine(0) + recordLine(1).slice(0, -9)));
    expect(records).toHaveLength(1);
    expect(report.lostRecords).toBe(0);
    expect(report.faults.map(({ makes }) => makes)).toEqual(['SUSPECT', 'SUSPECT']);
    expect(report.faults[1]?.text).toContain("do not end with the engine's count");
  });

  it('says what a failed connection test told', async () => {
    const lines = ['connection test failed'];
    const path = writeFile(`${runLine()}${formatLine('connection-test', { ...IDS, lines })}\n${endLine({})}`);
    expect((await readFiles(path)).report).toMatchObject({ connectionFailure: lines, records: 0 });
    expect(await checkFiles([path], true)).toMatchObject({ files: [path], hasRequests: false });
  });

  it('of each instance is held against its own count', async () => {
    const part = (segment: string, indices: number[], completed: number): string =>
      writeFile(
        formatLine('run', { ...IDS, args: { run_id: 'run-1', segment, parallel: 2 } }) +
          `\n${indices.map((index) => recordLine(index, { segment })).join('')}` +
          endLine({ segment, sent: completed, completed, vus_max: 1 }),
      );
    const { report } = await readFiles(part('0:1/2', [0, 2], 2), part('1/2:1', [1], 4));
    expect(report).toMatchObject({ records: 3, missingRecords: 3, vus: 2, segments: ['0:1/2', '1/2:1'] });
  });

  it('that is empty is passed over beside others, as that of an initializer', async () => {
    const [empty, full] = [writeFile(''), writeFile(runLine() + recordLine(0))];
    const checked = await checkFiles([empty, full]);
    expect(checked.files).toEqual([full]);
    expect(checked.notes).toEqual([expect.stringContaining('is empty, and is passed over')]);
  });

  it('is not counted again by the samples of its run, which have no records', async () => {
    const point = (metric: string): string => {
      const data = { time: '2026-11-26T10:00:00Z', value: 1, tags: { model: 'qwen2.5' } };
      return `${JSON.stringify({ metric, type: 'Point', data })}\n`;
    };
    const sample = point('llm_requests_sent') + point('llm_requests');
    const console = writeFile(runLine() + recordLine(0) + recordLine(1) + endLine({ sent: 2, completed: 2 }));
    const samples = writeFile(sample.repeat(2) + point('vus_max'));
    for (const paths of [
      [console, samples],
      [samples, console],
    ]) {
      const { report } = await readFiles(...paths);
      expect(report).toMatchObject({ records: 2, requestsWithoutRecord: 0, unfinishedRequests: 0, vus: 2, faults: [] });
    }
    // Three requests are another run's.
    const others = await readFiles(console, writeFile(sample.repeat(3)));
    expect(others.report).toMatchObject({ records: 2, requestsWithoutRecord: 3 });
  });

  it('that lost all of its records is of a run that sent requests', async () => {
    const path = writeFile(runLine() + endLine({ sent: 3, completed: 3 }));
    expect(await checkFiles([path])).toMatchObject({ files: [path], hasRequests: true });
  });
});

describe('unwrapLogLine', () => {
  it("undoes Go's quotes", () => {
    const [line] = readFileSync(fixture('text'), 'utf8').split('\n');
    expect(unwrapLogLine(Buffer.from(line as string))).toMatch(/^\{"llm_perf":"run",.*\}$/);
    // What strconv.Quote makes of DEL, a tag character, a bell and a vertical tab.
    const quoted = '{\\"llm_perf\\":\\"run\\",\\"a\\":\\"\\x7f\\U000e0001\\a\\v\\\\n\\"}';
    expect(unwrapLogLine(Buffer.from(`time="t" level=info msg="${quoted}" source=console`))).toBe(
      '{"llm_perf":"run","a":"\u007f\u{e0001}\u0007\u000b\\n"}',
    );
  });

  it('takes messages of others for what they are', () => {
    for (const line of ['time="t" level=info msg=plain', '{"level":"info","msg":"hi"}', 'INFO[0000] hi', 'time="t'])
      expect(unwrapLogLine(Buffer.from(line))).toBeNull();
  });
});
