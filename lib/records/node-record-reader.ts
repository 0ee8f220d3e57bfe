import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import type { RequestRecord } from '../measure/request-record.ts';
import { parseServerReading } from '../server/server-reading.ts';
import { formatCount } from '../shared/format-count.ts';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import type { Milliseconds } from '../shared/units.ts';
import { settleCounts } from './end-counts.ts';
import { classifyLine, type LineKind } from './node-classify-line.ts';
import { createLineScanner, type LineTaker, LONGEST_LINE } from './node-line-scanner.ts';
import { unwrapLogLine } from './node-log-line.ts';
import { readPieces } from './node-open-results.ts';
import { createOwnLineReader, isConsoleFile } from './node-own-lines.ts';
import { createReadReportBuilder, type ReadReport, type ReadReportBuilder } from './node-read-report.ts';
import { parseRecord, type RecordProblem } from './parse-record.ts';
import { type CountedPart, createRunParts, type RunParts } from './run-parts.ts';
import { measureSegments } from './segment.ts';
import { runStartOf, shiftRecord } from './shift-record.ts';
import { type UnusableFile, UnusableFilesError } from './unusable-files.ts';

/** What a report needs of a sample. */
interface Point {
  readonly value: unknown;
  readonly tags: JsonObject;
  readonly metadata: JsonObject;
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** @returns null when the line is not JSON */
export function parsePoint(line: Buffer): Point | null {
  const parsed = parseJson(line.toString('utf8'));
  if (parsed === undefined) return null;
  const { value, tags, metadata } = asObject(asObject(parsed)['data']);
  return { value, tags: asObject(tags), metadata: asObject(metadata) };
}

/** How what is read is taken. */
export interface ReadOptions {
  /** true: files of different runs are merged anyway, and the run is SUSPECT. Default: they are refused. */
  readonly anyway?: boolean;
  /** Takes the requests that were closed since their load had told enough; default: nobody does. */
  readonly onClosed?: (record: RequestRecord) => void;
}

/**
 * Reads the records of a run out of one or several files, in the order of the files.
 *
 * Files are k6's `--out json` (the record is in the metadata of `llm_requests` samples; other lines are passed over
 * without parsing them) or lines that are records themselves, plain or gzip. Several files are instances of one run:
 * their clocks are put on that of the first file by the wall clock. What memory grows with the files is 20 to 40 bytes a
 * request, by which a request that comes twice is found.
 *
 * Warm-up requests are among the records, marked `warmup`, and are counted apart. What the end of a load closed comes last, and
 * not at all where that had told enough. A cut last line, broken lines, and
 * records of another version are reported, counted as lost, and passed over.
 * @throws {UnusableFilesError} when the same request comes twice, or files are of unlike runs
 */
export async function readRecords(
  paths: readonly string[],
  onRecord: (record: RequestRecord) => void,
  { anyway = false, onClosed }: ReadOptions = {},
): Promise<ReadReport> {
  const report = createReadReportBuilder();
  const names = nameFiles(paths);
  const parts = createRunParts(names);
  const samples: SampleCounts[] = [];
  /** At most as many as are under way at once: the end of the file says what they are. */
  const cut: RequestRecord[] = [];
  let firstRunStart: Milliseconds | null = null;
  for (const [file, path] of paths.entries()) {
    let shift: Milliseconds | null = null;
    const ofFile = await readFile(path, file, report, parts, (record) => {
      if (shift === null) {
        const runStart = runStartOf(record);
        firstRunStart ??= runStart;
        shift = runStart === null || firstRunStart === null ? 0 : runStart - firstRunStart;
      }
      const double = parts.add(record, file);
      if (double !== null) throw new UnusableFilesError([describeDouble(double.files, double.index)]);
      const shifted = shiftRecord(record, shift);
      if (record.failure?.kind === 'aborted') cut.push(shifted);
      else onRecord(shifted);
    });
    samples.push(ofFile);
  }
  for (const record of cut) {
    if (!report.hasEnough(record.run_id)) onRecord(record);
    else {
      if (record.warmup !== true && record.probe !== true) report.counts.closed += 1;
      onClosed?.(record);
    }
  }
  addCounts(parts, samples, report);
  const unlike = parts.findUnlike();
  if (unlike.length > 0 && !anyway) throw new UnusableFilesError(describeUnlike(unlike, names));
  for (const text of unlike) report.addFault('SUSPECT', `unlike runs are merged: ${text}`);
  const segments = parts.segments();
  for (const text of parts.findFailed()) report.addFault('INVALID', text);
  if (measureSegments(segments) !== null && !isWholeLoad(report.build())) {
    report.addFault(
      'SUSPECT',
      `instances are missing: of the run's segments only ${segments.join(', ')} ${segments.length === 1 ? 'was' : 'were'} read`,
    );
  }
  report.setRuns(parts.runIds(), segments, parts.findBeginnings());
  const ends = [true, false].map((isClosed) => findEnd(parts, samples, { report, isClosed, anyway }));
  return ends.reduce(takeEnd, report.build());
}

/** What the samples of a file count. */
interface SampleCounts {
  sent: number;
  finished: number;
  withoutRecord: number;
  warmups: number;
  dropped: number;
  vus: number | null;
  /** Whether a line beside them says that the load was ended on purpose. */
  hadEnough: boolean;
}

/** Adds what the engines counted beside the records: lines that cannot be read are among what is missing. */
function addCounts(parts: RunParts, samples: readonly SampleCounts[], report: ReadReportBuilder): void {
  const { counts } = report;
  const settled = settleCounts(parts.count());
  report.setStop(settled.stoppedBy);
  counts.sent += settled.sent;
  counts.finished += settled.finished;
  counts.dropped += settled.dropped;
  counts.withoutRecord += settled.withoutRecord;
  counts.warmups += settled.warmupsWithoutRecord;
  counts.missing += Math.max(0, settled.missing - counts.lost);
  for (const vus of settled.vus) report.addVus(vus);
  for (const name of settled.uncounted) report.addUncounted(name);
  for (const ofFile of omitCounted(samples, parts.count())) {
    counts.sent += ofFile.sent;
    counts.finished += ofFile.finished;
    counts.dropped += ofFile.dropped;
    counts.withoutRecord += ofFile.withoutRecord;
    counts.warmups += ofFile.warmups;
    if (ofFile.vus !== null) report.addVus(ofFile.vus - (counts.probes > 0 ? 1 : 0));
  }
}

/**
 * Leaves out the samples of runs whose records are in k6's console: they have no record and no run's id, and as many
 * requests as that instance.
 */
function omitCounted(samples: readonly SampleCounts[], parts: readonly CountedPart[]): SampleCounts[] {
  const inConsole = parts.flatMap(({ isConsole, end, records }) =>
    isConsole ? [Math.max(end?.finished ?? 0, records)] : [],
  );
  return samples.filter(({ finished, withoutRecord }) => {
    const at = withoutRecord > 0 && withoutRecord === finished ? inConsole.indexOf(finished) : -1;
    if (at >= 0) inConsole.splice(at, 1);
    return at < 0;
  });
}

/** What runs that ended alike had under way at their end. */
interface RunsEnd {
  /** Whether their loads were ended on purpose. */
  readonly isClosed: boolean;
  /** How many were merged. */
  readonly runs: number;
  readonly unfinished: number;
  readonly vus: number;
}

/** Samples do not name their run: theirs ended as a line in their file says. */
function findEnd(
  parts: RunParts,
  samples: readonly SampleCounts[],
  {
    report,
    isClosed,
    anyway,
  }: { readonly report: ReadReportBuilder; readonly isClosed: boolean; readonly anyway: boolean },
): RunsEnd {
  const all = parts.count();
  const settled = settleCounts(all.filter(({ runId }) => report.hasEnough(runId) === isClosed));
  const alike = omitCounted(samples, all).filter(({ hadEnough }) => hadEnough === isClosed);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    isClosed,
    runs: anyway ? Math.max(1, samples.filter(({ hadEnough }) => hadEnough === isClosed).length) : 1,
    unfinished: Math.max(0, settled.sent + sum(alike.map(({ sent, finished }) => sent - finished)) - settled.finished),
    vus: sum([...settled.vus, ...alike.flatMap(({ vus }) => vus ?? [])]),
  };
}

/**
 * Sorts the requests that were sent and left no record: at its end a run has no more of them under way than its concurrency,
 * and what else there is is lost; what was under way is unfinished, or was closed on purpose.
 */
function takeEnd(read: ReadReport, { isClosed, runs, unfinished, vus }: RunsEnd): ReadReport {
  const { parallel } = read.args ?? {};
  // An open loop without a cap has as many places as VUs.
  const named = typeof parallel === 'number' ? parallel : 0;
  const most = read.args === null ? 0 : Math.max(named, vus) * runs;
  const lost = most === 0 ? 0 : Math.max(0, unfinished - most);
  const closed = isClosed ? unfinished - lost : 0;
  const sorted = {
    ...read,
    unfinishedRequests: Math.max(0, read.unfinishedRequests - lost - closed),
    closedRequests: read.closedRequests + closed,
  };
  if (lost === 0) return sorted;
  const text = `${formatCount(unfinished, 'request was', 'requests were')} sent and left no record, of which ${most} at most can have been under way at the end; the tables lack the other ${lost}`;
  return {
    ...sorted,
    lostRecords: read.lostRecords + lost,
    faults: [...read.faults, { makes: 'INVALID', text }],
  };
}

/**
 * Whether what was read is all that the run was to send: where one instance has all of the load, the others leave
 * nothing.
 */
function isWholeLoad({ args, records, unfinishedRequests, requestsWithoutRecord, vus }: ReadReport): boolean {
  const { expected_requests: expected, parallel } = args ?? {};
  if (typeof expected === 'number') return records + unfinishedRequests + requestsWithoutRecord >= expected;
  return typeof parallel === 'number' && vus !== null && vus >= parallel;
}

/** Names to tell files apart by: the last part of the path, where that does. */
function nameFiles(paths: readonly string[]): string[] {
  const names = paths.map((path) => basename(path));
  return paths.map((path, file) =>
    names.filter((name) => name === names[file]).length > 1 ? path : (names[file] as string),
  );
}

function describeDouble([one, other]: readonly [string, string], index: number): UnusableFile {
  if (one === other) {
    const todo = 'it is two copies of a run in one file; keep one of them';
    return { file: one, fault: `holds request ${index} twice`, todo };
  }
  const todo = `they are copies of one run, so name one of them: k6-llm-perf report ${one}`;
  return { file: `${one} and ${other}`, fault: `hold the same requests (${index} and on)`, todo };
}

/** Of one file only the first reason is given: two runs differ in other ways, too. */
function describeUnlike(reasons: readonly string[], names: readonly string[]): UnusableFile[] {
  const told = reasons.map((reason) => {
    const [file = '', ...rest] = reason.split(': ');
    const why = rest.join(': ');
    return names.includes(file)
      ? { file, fault: `cannot be read as one run: ${why}`, todo: APPENDED }
      : { file, fault: `cannot be merged: ${why}`, todo: UNLIKE };
  });
  return told.filter(({ file }, at) => !names.includes(file) || told.findIndex((one) => one.file === file) === at);
}

const APPENDED =
  'k6 appends to the file of --console-output: remove it before a run, or name a new one; --anyway merges what is in it all the same';
const UNLIKE = 'k6-llm-perf compare sets runs side by side, and --anyway merges them all the same';

async function readFile(
  path: string,
  file: number,
  report: ReadReportBuilder,
  parts: RunParts,
  onRecord: (record: RequestRecord) => void,
): Promise<SampleCounts> {
  const name = basename(path);
  const isConsole = await isConsoleFile(path);
  if (isConsole) parts.setConsole(file);
  const reader = createLineReader({ name, file, isConsole }, report, parts, onRecord);
  const scanner = createLineScanner(reader);
  const onDamage = (text: string): void => {
    report.addProblem(name, text);
    report.addFault('INVALID', `${name}: ${text}`);
  };
  for await (const piece of readPieces(path, onDamage)) scanner.push(piece);
  scanner.end();
  return reader.end();
}

/** Reads the lines of one file. */
function createLineReader(
  { name, file, isConsole }: { readonly name: string; readonly file: number; readonly isConsole: boolean },
  report: ReadReportBuilder,
  parts: RunParts,
  onRecord: (record: RequestRecord) => void,
): LineTaker & { readonly end: () => SampleCounts } {
  const { counts } = report;
  let lineNumber = 0;
  let texts = 0;
  let isOfK6 = false;
  const samples: SampleCounts = {
    sent: 0,
    finished: 0,
    withoutRecord: 0,
    warmups: 0,
    dropped: 0,
    vus: null,
    hadEnough: false,
  };

  /** Says what is wrong with the current line. */
  function complain(text: string): void {
    report.addProblem(`${name}:${lineNumber}`, text);
  }

  /** The current line may have held a request; a last line without its end is not a mystery. */
  function lose(text: string, complete: boolean): void {
    if (complete) {
      complain(text);
      counts.lost += 1;
    } else {
      complain('the last line is cut off, as when a run is killed; what came before is used');
      report.addCutLine(name);
    }
  }

  function takeRecord(record: RequestRecord | RecordProblem, complete: boolean): void {
    if ('problem' in record) {
      lose(record.problem, complete);
    } else {
      counts[record.warmup === true ? 'warmups' : record.probe === true ? 'probes' : 'records'] += 1;
      onRecord(record);
    }
  }

  let isComplete = true;
  const takeOwn = createOwnLineReader(file, report, parts, {
    onRecord(record) {
      if (!('problem' in record)) report.addTags({ model: record.model, api: record.api });
      takeRecord(record, isComplete);
    },
    onProblem: (text) => lose(text, isComplete),
    onEnough(runId) {
      report.addEnough(runId);
      samples.hadEnough = true;
    },
  });

  /** What the run wrote as JSON beside a sample; null where it is not JSON. */
  function readNote(text: unknown, what: string): JsonObject | null {
    const parsed = parseJson(String(text));
    if (parsed === undefined) complain(`${what} not JSON`);
    return parsed === undefined ? null : asObject(parsed);
  }

  function takeArgs(text: unknown): void {
    const args = readNote(text, 'the configuration of the run is');
    if (args === null) return;
    report.addArgs(args);
    parts.addArgs(args, file);
  }

  function takeRun({ args, start, server }: JsonObject): void {
    if (server !== undefined) takeServer(server);
    else if (start === undefined) takeArgs(args);
    else parts.addBeginning(readNote(start, 'the beginning of the load is') ?? {}, file);
  }

  function takeServer(text: unknown): void {
    const reading = parseServerReading(readNote(text, "a look at a server's metrics is"));
    if (reading !== null) report.addServerReading(reading);
  }

  function takeConnectionFailure(text: unknown): void {
    const failure = readNote(text, 'the words of the connection test are');
    if (failure === null) return;
    const lines = Array.isArray(failure['lines']) ? failure['lines'].map(String) : [];
    report.addConnectionFailure(lines);
    parts.addConnectionFailure(lines, file);
  }

  /** The sample of a request has none. */
  function takeProbe(text: unknown): void {
    if (text === undefined) return;
    const { connect_ms } = readNote(text, 'a probe of connecting is') ?? {};
    if (typeof connect_ms === 'number' && connect_ms >= 0) report.addConnectProbe(connect_ms);
  }

  function takePoint(kind: ParsedKind, { value, tags, metadata }: Point): void {
    const { record } = metadata;
    if (kind === 'request') {
      report.addTags(tags);
      samples.finished += 1;
      if (typeof record === 'string') takeRecord(parseRecord(record), true);
      else samples.withoutRecord += 1;
    } else if (kind === 'warmup') {
      // It was never counted as sent, so it is not counted as finished either.
      if (typeof record === 'string') takeRecord(parseRecord(record), true);
      else samples.warmups += 1;
    } else if (kind === 'light') {
      if (typeof record === 'string') takeRecord(parseRecord(record), true);
    } else if (kind === 'run') takeRun(metadata);
    else if (kind === 'connection') takeConnectionFailure(metadata['connection_test']);
    else if (kind === 'connect') takeProbe(metadata['probe']);
    else if (typeof value !== 'number' || value < 0) complain('the value is not a count');
    else if (kind === 'dropped') samples.dropped += value;
    else samples.vus = Math.max(samples.vus ?? 0, value);
  }

  /** Text between records is what a script printed there; between k6's samples nothing but samples is ever written. */
  function takeText(problem: string): void {
    complain(problem);
    texts += 1;
  }

  /** A line that neither k6 nor this tool begins so: a record whose keys have another order, or nothing of ours. */
  function takeForeign(line: Buffer, complete: boolean): void {
    if (isConsole && complete) return;
    const text = line.toString('utf8');
    if (/"v" ?:/.test(text) && text.includes('"ttft_ms"')) takeRecord(parseRecord(text), complete);
    else if (!complete) lose('', false);
    else takeText('the line is JSON, but not a record');
  }

  function takeBroken(line: Buffer, complete: boolean): void {
    if (isConsole && complete) return;
    if (!complete || line[0] === OPEN_BRACE || !isPlainText(line)) lose('the line is not a JSON object', complete);
    else takeText('the line is not a JSON object');
  }

  /** A line of k6's log: one of ours, or a message of the script's. */
  function takeLog(line: Buffer, complete: boolean): void {
    const own = unwrapLogLine(line);
    if (own !== null) takeOwn(own);
    else if (!complete) lose('', false);
    else if (!isConsole) takeText('the line is of a log');
  }

  function nextLine(): void {
    lineNumber += 1;
    counts.lines += 1;
  }

  return {
    onLine(line, complete) {
      nextLine();
      const kind = classifyLine(line);
      isComplete = complete;
      if (kind === 'own') takeOwn(line.toString('utf8'));
      else if (kind === 'log') takeLog(line, complete);
      else if (kind === 'record') takeRecord(parseRecord(line.toString('utf8')), complete);
      else if (kind === 'broken') takeBroken(line, complete);
      else if (kind === 'foreign') takeForeign(line, complete);
      else isOfK6 = true;
      if (!isPoint(kind)) return;
      if (kind === 'sent') {
        samples.sent += 1;
        return;
      }
      const point = parsePoint(line);
      if (point === null) lose('the line is not JSON', complete);
      else takePoint(kind, point);
    },
    onLongLine() {
      nextLine();
      lose(`the line is longer than ${LONGEST_LINE >> 20} MB, which no record is`, true);
    },
    end() {
      counts[isOfK6 ? 'lost' : 'stray'] += texts;
      return samples;
    },
  };
}

/** Lines whose JSON is read. */
type ParsedKind = Exclude<LineKind, (typeof NO_POINTS)[number] | 'sent'>;

const NO_POINTS = ['own', 'log', 'other', 'record', 'broken', 'foreign'] as const;

function isPoint(kind: LineKind): kind is ParsedKind | 'sent' {
  return !(NO_POINTS as readonly LineKind[]).includes(kind);
}

const OPEN_BRACE = 0x7b;

/** Whether bytes are text as a program prints it: no control characters but tabs and escape codes, and valid UTF-8. */
function isPlainText(line: Buffer): boolean {
  return isUtf8(line) && !line.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x1b);
}
