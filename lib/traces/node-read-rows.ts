import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';
import { isObject, type JsonObject, parseJson } from '../shared/json.ts';
import { isGzipFile } from '../shared/node-files.ts';

/** What a reader tells beside the rows. */
export interface RowListener {
  /** A line that is not a row, as it continues "line 3: ". */
  readonly onProblem: (place: string, why: string) => void;
  /** At most once a second. @param share of the file, 0 to 1 */
  readonly onProgress: (share: number, rows: number) => void;
}

const PROGRESS_MS = 1000;

/**
 * Reads the rows of a file one by one, in memory that does not grow with it: JSON lines, CSV with a heading, or one JSON
 * value, an array or an object on several lines, which is read whole. Plain or gzip, UTF-8.
 *
 * @param place `:17` for a line, `[16]` for an element
 * @throws what the file system says
 */
export async function readTraceRows(
  path: string,
  onRow: (row: JsonObject, place: string) => void,
  { onProblem, onProgress }: RowListener,
): Promise<void> {
  const size = Math.max(1, statSync(path).size);
  const isPacked = isGzipFile(path);
  let read = 0;
  const counter = new Transform({
    transform(piece: Buffer, _, done) {
      read += piece.length;
      done(null, piece);
    },
  });
  const raw = createReadStream(path).pipe(counter);
  const input = isPacked ? raw.pipe(createGunzip()) : raw;
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  // A pipe hands no error on, and the lines end without one.
  let failure: Error | null = null;
  for (const stream of [counter, input]) {
    stream.on('error', (error) => {
      failure = error;
      lines.close();
    });
  }
  let [number, rows, lastShown] = [0, 0, Date.now()];
  let header: readonly string[] | null = null;
  let whole: string[] | null = null;
  for await (const raw of lines) {
    number += 1;
    const line = number === 1 ? raw.replace(/^\uFEFF/, '') : raw;
    if (whole !== null) whole.push(line);
    if (whole !== null || line.trim() === '') continue;
    if (header === null && rows === 0 && /^\s*[[{]\s*$|^\s*\[/.test(line) && !isObject(parseJson(line))) {
      whole = [line];
      continue;
    }
    if (header === null && rows === 0 && !/^\s*\{/.test(line)) {
      header = splitCsv(line).map((name) => name.trim());
      continue;
    }
    const row = header === null ? parseJson(line) : toRow(header, splitCsv(line));
    rows += 1;
    if (isObject(row)) onRow(row, `:${number}`);
    else onProblem(`:${number}`, 'a line that is not a JSON object');
    if (Date.now() - lastShown > PROGRESS_MS) {
      lastShown = Date.now();
      onProgress(read / size, rows);
    }
  }
  if (failure !== null) throw failure as Error;
  if (whole !== null) readWhole(whole.join('\n'), onRow, onProblem);
}

/**
 * The first row of JSON lines, or of CSV with a heading; null where the file is neither, is empty, or cannot be read so far.
 *
 * @throws what the file system says of a file that is not there, or none
 */
export async function readFirstRow(path: string): Promise<JsonObject | null> {
  // Before the stream is made, which would throw the same once more, where nobody catches it.
  const isPacked = isGzipFile(path);
  const raw = createReadStream(path);
  const input = isPacked ? raw.pipe(createGunzip()) : raw;
  let header: readonly string[] | null = null;
  try {
    for await (const piece of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = piece.replace(/^\uFEFF/, '');
      if (line.trim() === '') continue;
      if (header !== null) return toRow(header, splitCsv(line));
      const row = parseJson(line);
      if (isObject(row)) return row;
      if (/^\s*[[{]/.test(line)) return null;
      header = splitCsv(line).map((name) => name.trim());
    }
    return null;
  } finally {
    raw.destroy();
  }
}

function readWhole(
  text: string,
  onRow: (row: JsonObject, place: string) => void,
  onProblem: RowListener['onProblem'],
): void {
  const value = parseJson(text);
  if (value === undefined) {
    onProblem('', 'a file that is neither JSON lines, nor JSON, nor CSV');
    return;
  }
  for (const [index, row] of (Array.isArray(value) ? value : [value]).entries()) {
    if (isObject(row)) onRow(row, `[${index}]`);
    else onProblem(`[${index}]`, 'an element that is not a JSON object');
  }
}

/** A line of CSV; a quoted cell may not hold a line end. */
function splitCsv(line: string): string[] {
  return line.includes('"') ? (Papa.parse<string[]>(line).data[0] ?? []) : line.split(',');
}

function toRow(header: readonly string[], cells: readonly string[]): JsonObject {
  return Object.fromEntries(header.map((name, i) => [name, cells[i]?.trim() ?? '']));
}
