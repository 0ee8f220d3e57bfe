import type { RequestRecord } from '../measure/request-record.ts';
import { parseServerReading } from '../server/server-reading.ts';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import { readEnd } from './end-counts.ts';
import { classifyLine } from './node-classify-line.ts';
import { createLineScanner } from './node-line-scanner.ts';
import { unwrapLogLine } from './node-log-line.ts';
import { readPieces } from './node-open-results.ts';
import type { ReadReportBuilder } from './node-read-report.ts';
import { parseRecordLine, type RecordProblem } from './parse-record.ts';
import { contentOfLine, KINDS, kindOfLine, type OwnKind } from './record-line.ts';
import type { RunParts } from './run-parts.ts';

/**
 * Whether a file is k6's console, by the first line that tells: all that is not ours in it is what the script printed. Otherwise it
 * holds samples, or records alone.
 */
export async function isConsoleFile(path: string): Promise<boolean> {
  let found: boolean | null = null;
  const scanner = createLineScanner({
    onLine: (line) => {
      const kind = classifyLine(line);
      if (readOwnLine(line) !== null) found ??= true;
      else if (kind !== 'broken' && kind !== 'foreign' && kind !== 'log') found ??= false;
    },
    onLongLine: () => undefined,
  });
  for await (const piece of readPieces(path, () => undefined)) {
    scanner.push(piece);
    if (found !== null) break;
  }
  scanner.end();
  return found === true;
}

/** The line of ours that a line of a file is or holds; null for any other. */
export function readOwnLine(line: Buffer): string | null {
  const kind = classifyLine(line);
  return kind === 'own' ? line.toString('utf8') : kind === 'log' ? unwrapLogLine(line) : null;
}

/** Takes what a line of ours says. */
export interface OwnLineTaker {
  readonly onRecord: (record: RequestRecord | RecordProblem) => void;
  /** A line that is not what its kind has. */
  readonly onProblem: (text: string) => void;
  /** The load of a run was ended on purpose. */
  readonly onEnough: (runId: string) => void;
}

/** Reads the lines of ours in one file, unwrapped. */
export function createOwnLineReader(
  file: number,
  report: ReadReportBuilder,
  parts: RunParts,
  { onRecord, onProblem, onEnough }: OwnLineTaker,
): (line: string) => void {
  function takeRun({ args }: JsonObject): void {
    if (!isObject(args)) {
      onProblem('the configuration of the run is not there');
      return;
    }
    report.addArgs(args);
    report.addTags({ model: args['model'], dataset: args['dataset'] });
    parts.addArgs(args, file);
  }

  function takeConnectionTest({ lines }: JsonObject): void {
    const words = Array.isArray(lines) ? lines.map(String) : [];
    report.addConnectionFailure(words);
    parts.addConnectionFailure(words, file);
  }

  function takeProbe({ connect_ms }: JsonObject): void {
    if (typeof connect_ms === 'number' && connect_ms >= 0) report.addConnectProbe(connect_ms);
    else onProblem('a probe of connecting without its number');
  }

  function takeServer(content: JsonObject): void {
    const reading = parseServerReading(content);
    if (reading === null) onProblem("a look at a server's metrics without its time or its URL");
    else report.addServerReading(reading);
  }

  const takers: Record<Exclude<OwnKind, 'record'>, (content: JsonObject) => void> = {
    run: takeRun,
    'connection-test': takeConnectionTest,
    start: (content) => parts.addBeginning(content, file),
    probe: takeProbe,
    server: takeServer,
    end: (content) => parts.addEnd(readEnd(content), file),
    enough: ({ run_id }) => onEnough(String(run_id)),
  };

  return (line) => {
    const named = kindOfLine(line);
    const kind = KINDS.find((known) => known === named);
    if (kind === undefined) {
      if (named === null) onProblem('the line is cut off');
      else report.addUnknownKind(named);
      return;
    }
    const content = contentOfLine(line, kind);
    if (kind === 'record') {
      onRecord(parseRecordLine(content));
      return;
    }
    const parsed = parseJson(content);
    if (isObject(parsed)) takers[kind](parsed);
    else onProblem('the line is not JSON');
  };
}
