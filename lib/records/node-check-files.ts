import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { isGzipFile } from '../shared/node-files.ts';
import { RECORDS_FILE } from '../shared/result-files.ts';
import { showPath } from '../shared/show-word.ts';
import { describeForeign } from './describe-foreign.ts';
import { classifyLine, type LineKind } from './node-classify-line.ts';
import { createLineScanner } from './node-line-scanner.ts';
import { readPieces } from './node-open-results.ts';
import { readOwnLine } from './node-own-lines.ts';
import { kindOfLine } from './record-line.ts';
import { type UnusableFile, UnusableFilesError } from './unusable-files.ts';

/** Files that hold something of a run, and those that are passed over. */
export interface CheckedFiles {
  readonly files: readonly string[];
  /** Whether any of them holds a request; else they are of a run that sent none. */
  readonly hasRequests: boolean;
  /** Lines about what was left out. */
  readonly notes: readonly string[];
}

/** Enough to see what a file is. */
const HEAD = 1 << 16;

/** What a file holds, by its first line that counts. `run`: a run of this tool, and no request. */
type Content =
  | { readonly state: 'requests' | 'run' | 'k6' | 'empty' }
  | { readonly state: 'foreign'; readonly head: Buffer; readonly isWhole: boolean };

const OF_REQUESTS: ReadonlySet<LineKind> = new Set(['request', 'record', 'sent', 'warmup']);

/** Reads a file up to its first request; to its end where there is none. */
async function findContent(path: string): Promise<Content> {
  let head = Buffer.alloc(0);
  let size = 0;
  let state: 'requests' | 'run' | 'k6' | null = null;
  const scanner = createLineScanner({
    onLine: (line) => {
      const kind = classifyLine(line);
      const own = readOwnLine(line);
      if (own !== null) {
        if (tellsOfRequests(own)) state = 'requests';
        else if (state !== 'requests') state = 'run';
      } else if (kind === 'log') return;
      else if (OF_REQUESTS.has(kind) || isOtherRecord(kind, line)) state = 'requests';
      else if (state !== 'requests' && (kind === 'run' || kind === 'connection')) state = 'run';
      else if (kind !== 'broken' && kind !== 'foreign') state ??= 'k6';
    },
    onLongLine: () => undefined,
  });
  for await (const piece of readPieces(path, () => undefined)) {
    if (size < HEAD) head = Buffer.concat([head, piece.subarray(0, HEAD - size)]);
    size += piece.length;
    scanner.push(piece);
    if (state === 'requests') break;
  }
  scanner.end();
  if (state !== null) return { state };
  return size === 0 ? { state: 'empty' } : { state: 'foreign', head, isWhole: size <= HEAD };
}

/** Whether a line of ours is a record, or says that the engine counted requests. */
function tellsOfRequests(line: string): boolean {
  const kind = kindOfLine(line);
  return kind === 'record' || (kind === 'end' && !/"sent":0,.*"warmups":0,/.test(line));
}

/** A record whose keys have another order than this tool writes them. */
function isOtherRecord(kind: string, line: Buffer): boolean {
  return kind === 'foreign' && line.includes('"ttft_ms"') && line.includes('"v"');
}

const HOW = 'k6-llm-perf report reads the results folder of a run, or its records.jsonl or samples.json';

function refuse(path: string, fault: string, todo: string): UnusableFile {
  return { file: showFile(path), fault, todo };
}

/** A path that is there is no key that slipped into the wrong place, whatever it looks like. */
function showFile(path: string): string {
  return existsSync(path) && path.length < 1000 ? JSON.stringify(path) : showPath(path);
}

/** What is wrong with a path before it is read; null: it is a file. */
function checkPath(path: string): UnusableFile | null {
  if (!existsSync(path)) return refuse(path, 'does not exist', HOW);
  const stat = statSync(path);
  if (stat.isDirectory()) {
    return refuse(path, `is a folder without ${RECORDS_FILE}`, HOW);
  }
  if (!stat.isFile()) return refuse(path, 'is a pipe or a device', 'write what it gives into a file first');
  try {
    accessSync(path, constants.R_OK);
  } catch {
    return refuse(path, 'cannot be read by this user', 'chmod +r gives the right to read it');
  }
  return null;
}

/** Paths of one file: the same one twice, or a link. */
function findSameFiles(paths: readonly string[]): UnusableFile[] {
  const seen = new Map<string, string>();
  return paths.flatMap((path) => {
    const { dev, ino } = statSync(path);
    const key = `${dev}:${ino}`;
    const first = seen.get(key);
    seen.set(key, first ?? path);
    if (first === undefined) return [];
    const fault = first === path ? 'is named twice' : `is the same file as ${showFile(first)}`;
    return [refuse(path, fault, 'name each file once, or every request counts twice')];
  });
}

/**
 * Checks files that a user named before anything is made of them.
 *
 * A file without requests beside files with some gets a note. An empty one is passed over: k6-operator's initializer leaves
 * one. One of a run is read, after the others, since an instance without a share of the load leaves it.
 * @param takesNoRun whether files of a run that sent nothing will do
 * @throws {UnusableFilesError} naming every file that is none of a run's, with what it is instead; or when none holds a request
 */
export async function checkFiles(paths: readonly string[], takesNoRun = false): Promise<CheckedFiles> {
  if (paths.length === 0) throw new UnusableFilesError([{ file: 'nothing', fault: 'is not a file', todo: HOW }]);
  refuseAny(paths.map(checkPath).filter((fault) => fault !== null));
  refuseAny(findSameFiles(paths));
  const files: string[] = [];
  const ofRun: string[] = [];
  const foreign: UnusableFile[] = [];
  const idle: UnusableFile[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const content = await findContent(path);
    if (content.state === 'requests') {
      files.push(path);
    } else if (content.state === 'foreign') {
      const { what, todo } = describeForeign(content.head, content.isWhole);
      foreign.push(refuse(path, `is ${isGzipFile(path) ? `a gzip of ${what}` : what}, not records of a run`, todo));
    } else if (content.state === 'run') {
      ofRun.push(path);
      idle.push(refuse(path, 'is of a run that sent no request', 'k6-llm-perf report says why'));
      notes.push(`${showFile(path)} holds no request`);
    } else {
      const what = content.state === 'empty' ? 'is empty' : 'holds samples of k6, but no request of this tool';
      idle.push(refuse(path, what, HOW));
      notes.push(`${showFile(path)} ${what}, and is passed over`);
    }
  }
  const hasRequests = files.length > 0;
  const isEnough = hasRequests || (takesNoRun && ofRun.length > 0);
  refuseAny(isEnough ? foreign : [...foreign, ...idle]);
  return { files: [...files, ...ofRun], hasRequests, notes };
}

function refuseAny(files: readonly UnusableFile[]): void {
  if (files.length > 0) throw new UnusableFilesError(files);
}
