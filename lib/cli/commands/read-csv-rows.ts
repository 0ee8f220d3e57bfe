import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';
import { UnreadableFile } from '../../shared/decode-text.ts';
import { kindOfAnyFile } from '../../shared/node-file-kinds.ts';
import { isGzipFile } from '../../shared/node-files.ts';

/** What papaparse tells of a text. */
interface Parsed {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly { readonly row?: number; readonly message: string }[];
  /** Where the last whole row ends. */
  readonly meta: { readonly cursor: number };
}

type Newline = '\r\n' | '\n' | '\r';

/** A row that is longer begins with a quote that nobody closes. */
const LONGEST_ROW = 8_000_000;
const PIECE_BYTES = 1_000_000;

/**
 * The rows of a CSV file (RFC 4180, or with `;` or tabs, as its header has them), its header first, in memory that does not grow with
 * it; plain or gzip. Empty lines are none.
 *
 * @param encoding as the web names it; null: UTF-8, or UTF-16 with a byte order mark
 * @returns cells, or why a row is none
 * @throws {UnreadableFile} for what is not text; {Error} what the file system says
 */
export async function* readCsvRows(path: string, encoding: string | null): AsyncGenerator<readonly string[] | string> {
  let rest = '';
  let parse: ReturnType<typeof createParser> | null = null;
  for await (const piece of readPieces(path, encoding)) {
    rest += piece;
    const newline = /\r\n|\n|\r(?=[^\n])/.exec(rest)?.[0] as Newline | undefined;
    if (newline === undefined) continue;
    parse ??= createParser(rest, newline);
    const { rows, end } = parse(rest, true);
    yield* rows;
    rest = rest.slice(end);
    if (rest.length > LONGEST_ROW) throw new UnreadableFile('a quote that nothing closes');
  }
  yield* (parse ?? createParser(rest, '\n'))(rest, false).rows;
}

function createParser(text: string, newline: Newline) {
  const [header = ''] = text.split(newline, 1);
  const delimiter = [',', ';', '\t'].find((mark) => header.includes(mark)) ?? ',';
  return (given: string, isMoreToCome: boolean) => {
    const { data, errors, meta } = new Papa.Parser({ delimiter, newline }).parse(given, 0, isMoreToCome) as Parsed;
    const broken = new Map(errors.map(({ row, message }) => [row, message]));
    const rows = data.map((cells, index) => broken.get(index) ?? cells);
    return { rows: rows.filter((row) => typeof row === 'string' || row.some((cell) => cell !== '')), end: meta.cursor };
  };
}

async function* readPieces(path: string, encoding: string | null): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  const name = (bytes: Buffer): string => encoding ?? nameOf(bytes);
  try {
    for await (const bytes of openBytes(path)) {
      decoder ??= new TextDecoder(name(bytes), { fatal: true });
      yield decoder.decode(bytes, { stream: true });
    }
    yield decoder?.decode() ?? '';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new UnreadableFile(`it is not text in ${decoder?.encoding}`, encoding === null ? 'gbk' : null);
    if (code?.startsWith('Z_')) throw new UnreadableFile('it is damaged gzip');
    throw error;
  }
}

/** @throws {UnreadableFile} for the beginning of a file that is not text */
function nameOf(bytes: Buffer): string {
  const kind = kindOfAnyFile(bytes.toString('latin1', 0, 300));
  if (kind !== null) throw new UnreadableFile(`it is ${kind}`);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function openBytes(path: string): Readable {
  const raw = createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (!isGzipFile(path)) return raw;
  const unpacked = createGunzip({ chunkSize: PIECE_BYTES });
  // A pipe hands no error on.
  raw.on('error', (error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}
