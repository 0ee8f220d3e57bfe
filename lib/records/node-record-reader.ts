import { basename } from 'node:path';
import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';
import { classifyLine, type LineKind } from './node-classify-line.ts';
import { createLineScanner } from './node-line-scanner.ts';
import { checkResultsPaths, openResults } from './node-open-results.ts';
import { createReadReportBuilder, type ReadReport, type ReadReportBuilder } from './node-read-report.ts';
import { parseRecord } from './parse-record.ts';
import { runStartOf, shiftRecord } from './shift-record.ts';

interface Point {
  readonly value: unknown;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly record: unknown;
  readonly args: unknown;
  readonly connectionTest: unknown;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** @returns null when the line is no JSON */
function parsePoint(line: Buffer): Point | null {
  try {
    const data = asObject(asObject(JSON.parse(line.toString('utf8')))['data']);
    const { record, args, connection_test: connectionTest } = asObject(data['metadata']);
    return { value: data['value'], tags: asObject(data['tags']), record, args, connectionTest };
  } catch {
    return null;
  }
}

/**
 * Reads the records of a run out of one or several files, in the order they stand there.
 *
 * Files are k6's `--out json` (the record stands in the metadata of `llm_requests` samples; other lines are passed over
 * without parsing them) or lines that are records themselves, plain or gzip. Several files are instances of one run:
 * their clocks are put on that of the first file by the wall clock, and an `index` may come in more than one of them.
 * Memory does not grow with the files.
 *
 * Warm-up requests are among the records, marked `warmup`, and are counted apart. A cut last line, broken lines, and records of another version or kind are reported and passed over.
 * @throws {ConfigError} when a path is no file
 */
export async function readRecords(
  paths: readonly string[],
  onRecord: (record: RequestRecord) => void,
): Promise<ReadReport> {
  checkResultsPaths(paths);
  const report = createReadReportBuilder();
  let firstRunStart: Milliseconds | null = null;
  for (const path of paths) {
    let shift: Milliseconds | null = null;
    await readFile(path, report, (record) => {
      if (shift === null) {
        const runStart = runStartOf(record);
        firstRunStart ??= runStart;
        shift = runStart === null || firstRunStart === null ? 0 : runStart - firstRunStart;
      }
      onRecord(shiftRecord(record, shift));
    });
  }
  return report.build();
}

async function readFile(
  path: string,
  report: ReadReportBuilder,
  onRecord: (record: RequestRecord) => void,
): Promise<void> {
  const reader = createLineReader(basename(path), report, onRecord);
  const scanner = createLineScanner(reader.readLine);
  for await (const piece of readPieces(path, report)) scanner.push(piece);
  scanner.end();
  reader.end();
}

/** The bytes of a file, up to where it can be read; what goes wrong with them is reported and ends the file. */
async function* readPieces(path: string, report: ReadReportBuilder): AsyncGenerator<Buffer> {
  try {
    for await (const piece of openResults(path)) yield piece as Buffer;
  } catch (error) {
    report.addProblem(basename(path), `reading stopped, what came before is used: ${(error as Error).message}`);
  }
}

/** Reads the lines of one file. */
function createLineReader(name: string, report: ReadReportBuilder, onRecord: (record: RequestRecord) => void) {
  let lineNumber = 0;
  let vus: number | null = null;

  /** Says what is wrong with the current line; a last line without its end is no mystery. */
  function refuse(text: string, complete: boolean): void {
    const reason = complete ? text : 'the last line is cut off, as when a run is killed; what came before is used';
    report.addProblem(`${name}:${lineNumber}`, reason);
  }

  function takeRecord(text: string, complete: boolean): void {
    const record = parseRecord(text);
    if ('problem' in record) {
      refuse(record.problem, complete);
    } else {
      if (record.warmup === true) report.addWarmup();
      else report.addRecord();
      onRecord(record);
    }
  }

  function takeRequest(point: Point): void {
    report.addTags(point.tags);
    report.addFinished(typeof point.record === 'string');
    if (typeof point.record === 'string') takeRecord(point.record, true);
  }

  /** It was never counted as sent, so it is not counted as finished either. */
  function takeWarmup(point: Point): void {
    if (typeof point.record === 'string') takeRecord(point.record, true);
    else report.addWarmup();
  }

  function takeArgs(text: unknown): void {
    try {
      report.addArgs(asObject(JSON.parse(String(text))));
    } catch {
      refuse('the configuration of the run is no JSON', true);
    }
  }

  function takeConnectionFailure(text: unknown): void {
    try {
      const { lines } = asObject(JSON.parse(String(text)));
      report.addConnectionFailure(Array.isArray(lines) ? lines.map(String) : []);
    } catch {
      refuse('what the connection test told is no JSON', true);
    }
  }

  function takePoint(
    kind: Exclude<LineKind, 'record' | 'sent' | 'other' | 'broken'>,
    line: Buffer,
    complete: boolean,
  ): void {
    const point = parsePoint(line);
    if (point === null) refuse('the line is no JSON', complete);
    else if (kind === 'request') takeRequest(point);
    else if (kind === 'warmup') takeWarmup(point);
    else if (kind === 'run') takeArgs(point.args);
    else if (kind === 'connection') takeConnectionFailure(point.connectionTest);
    else if (typeof point.value !== 'number') refuse('the value is no number', complete);
    else if (kind === 'dropped') report.addDropped(point.value);
    else vus = Math.max(vus ?? 0, point.value);
  }

  function readLine(line: Buffer, complete: boolean): void {
    lineNumber += 1;
    report.addLine();
    const kind = classifyLine(line);
    if (kind === 'other') return;
    if (kind === 'sent') report.addSent();
    else if (kind === 'record') takeRecord(line.toString('utf8'), complete);
    else if (kind === 'broken') refuse('the line is no JSON object', complete);
    else takePoint(kind, line, complete);
  }

  return {
    readLine,
    end: (): void => {
      if (vus !== null) report.addVus(vus);
    },
  };
}
