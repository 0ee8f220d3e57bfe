/** Why a file's text cannot be read, in words that follow its name; known by `name`, since a bundle may hold the class twice. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  /** The encoding that `prepare` would decode; null where that is not a cure. */
  readonly encoding: string | null;

  constructor(why: string, encoding: string | null = null) {
    super(why);
    this.encoding = encoding;
  }
}

/** The words for an unknown reason. */
export const CANNOT_BE_READ = 'the file cannot be read';

/** The words for whatever went wrong when a file was read. */
export function whyUnreadable(error: unknown): string {
  const isOurs = typeof error === 'object' && error !== null && 'name' in error && error.name === 'UnreadableFile';
  return isOurs ? (error as unknown as UnreadableFile).message : CANNOT_BE_READ;
}

/** The encoding that `prepare` would decode; null where that is not a cure. */
export function encodingOf(error: unknown): string | null {
  return whyUnreadable(error) === CANNOT_BE_READ ? null : (error as UnreadableFile).encoding;
}

/** The most bytes that a compressed file may unpack to, which keeps a file made to fill the memory from doing so. */
export const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

export function describeTooLarge(): UnreadableFile {
  return new UnreadableFile(`it unpacks to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MB`);
}

/** What files that are not text begin with; `Latin-1` characters for bytes. */
const KINDS: readonly (readonly [start: string, what: string])[] = [
  ['\x89PNG', 'a PNG image'],
  ['%PDF-', 'a PDF document'],
  ['PK\x03\x04', 'a zip archive (also .xlsx, .docx and .npz)'],
  ['PAR1', 'a Parquet file'],
  ['SQLite format 3\0', 'a SQLite database'],
  ['BZh', 'a bzip2 file'],
  ['\xfd7zXZ', 'an xz file'],
  ['\x28\xb5\x2f\xfd', 'a zstd file'],
  ['\x04\x22\x4d\x18', 'an lz4 file'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!', 'a RAR archive'],
  ['\xff\xfe\0\0', 'text in UTF-32'],
  ['\0\0\xfe\xff', 'text in UTF-32'],
  ['version https://git-lfs.github.com/spec/', 'a pointer of Git LFS, whose data `git lfs pull` brings'],
];

/** What a file is that is not a text, by its first 300 bytes as Latin-1 characters; null where nothing says so. */
export function kindOfFile(start: string): string | null {
  return findKind(KINDS, start);
}

export function findKind(kinds: typeof KINDS, start: string): string | null {
  return kinds.find(([beginning]) => start.startsWith(beginning))?.[1] ?? null;
}

/** Whether the first bytes of a file say so, whatever its name. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** Unpacks gzip; throws `describeTooLarge()` where that is more than `MAX_UNPACKED_BYTES`. */
export type Gunzip = (bytes: Uint8Array) => Uint8Array;

/**
 * The text of a file: UTF-8, or UTF-16 by its byte order mark, either of them possibly in gzip. A byte order mark is dropped.
 *
 * @param kindOf says what a file is that is not text
 * @throws {UnreadableFile} that says what the file is where it is anything else
 */
export function decodeText(given: Uint8Array, gunzip: Gunzip, kindOf = kindOfFile): string {
  const isPacked = isGzip(given);
  const bytes = isPacked ? gunzip(given) : given;
  const inside = isPacked ? 'gzip of ' : '';
  const start = toLatin1(bytes.subarray(0, 300));
  const kind = kindOf(start);
  if (kind !== null) throw new UnreadableFile(`it is ${inside}${kind}`);
  if (isPacked && isGzip(bytes)) throw new UnreadableFile('it is gzip of gzip');
  if (start.slice(257, 262) === 'ustar') throw new UnreadableFile(`it is ${inside}a tar archive`);
  if (start.startsWith('\xff\xfe')) return decodeUtf16(bytes, true);
  if (start.startsWith('\xfe\xff')) return decodeUtf16(bytes, false);
  const zeros = [...start].flatMap((character, at) => (character === '\0' ? [at] : []));
  if (zeros.length > 0) {
    const isUtf16 = zeros.length * 3 > start.length && new Set(zeros.map((at) => at % 2)).size === 1;
    if (!isUtf16) throw new UnreadableFile(`it is ${inside}binary data, not text`);
    const encoding = (zeros[0] as number) % 2 === 1 ? 'utf-16le' : 'utf-16be';
    throw new UnreadableFile(`it is ${inside}UTF-16 without a byte order mark`, encoding);
  }
  return decodeUtf8(start.startsWith('\xef\xbb\xbf') ? bytes.subarray(3) : bytes, inside);
}

/** In pieces, since neither engine takes a million arguments. */
const PIECE = 8192;

function toLatin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function decodeUtf16(bytes: Uint8Array, isLittle: boolean): string {
  if (bytes.length % 2 === 1) throw new UnreadableFile('it is UTF-16 with half a character at its end');
  const parts: string[] = [];
  for (let at = 2; at < bytes.length; at += PIECE * 2) {
    const units: number[] = [];
    for (let i = at; i < Math.min(bytes.length, at + PIECE * 2); i += 2) {
      const [a, b] = [bytes[i] as number, bytes[i + 1] as number];
      units.push(isLittle ? a | (b << 8) : (a << 8) | b);
    }
    parts.push(String.fromCharCode(...units));
  }
  return parts.join('');
}

/** Strict: bytes that are not UTF-8 are refused with a guess at what they are. */
function decodeUtf8(bytes: Uint8Array, inside: string): string {
  const parts: string[] = [];
  let units: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number;
    const ofSeveral = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const length = lead < 0x80 ? 1 : lead < 0xc2 || lead > 0xf4 ? 0 : ofSeveral;
    let code = length === 1 ? lead : lead & (0xff >> (length + 1));
    let isRight = length > 0 && at + length <= bytes.length;
    for (let i = 1; isRight && i < length; i += 1) {
      const next = bytes[at + i] as number;
      isRight = (next & 0xc0) === 0x80;
      code = (code << 6) | (next & 0x3f);
    }
    if (isRight && length === 3) isRight = code >= 0x800 && (code < 0xd800 || code > 0xdfff);
    if (isRight && length === 4) isRight = code >= 0x10000 && code <= 0x10ffff;
    if (!isRight) throw describeEncoding(bytes, at, inside);
    if (code < 0x10000) units.push(code);
    else units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
    at += length;
    if (units.length >= PIECE) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  return parts.join('') + String.fromCharCode(...units);
}

/** A guess at the encoding of a text that is not UTF-8, by its first bytes above 127. */
function describeEncoding(bytes: Uint8Array, from: number, inside: string): UnreadableFile {
  const line = 1 + bytes.subarray(0, from).reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0);
  const part = bytes.subarray(from, from + 4096);
  const control = part.filter((byte) => byte < 9 || (byte > 13 && byte < 27)).length;
  if (control * 10 > part.length) return new UnreadableFile(`it is ${inside}binary data, not text`);
  const [name, encoding] = guessEncoding(part);
  return new UnreadableFile(`it is ${inside}text that is not UTF-8 (line ${line}), probably ${name}`, encoding);
}

function guessEncoding(bytes: Uint8Array): [name: string, encoding: string] {
  let pairs = 0;
  let kana = 0;
  let hangul = 0;
  let single = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x80) continue;
    const next = bytes[at + 1] ?? 0;
    // Two-byte encodings of East Asia; a letter of Latin-1 has ASCII letters around it.
    if (byte >= 0x81 && byte <= 0xfe && next >= 0x80) {
      pairs += 1;
      if (byte === 0x82 || byte === 0x83) kana += 1;
      if (byte >= 0xb0 && byte <= 0xc8 && next >= 0xa1) hangul += 1;
      at += 1;
    } else if ((byte === 0x82 || byte === 0x83) && next >= 0x40) {
      kana += 1;
      at += 1;
    } else single += 1;
  }
  if (kana > pairs / 2 && kana > single) return ['Shift_JIS', 'shift_jis'];
  if (single >= pairs) return ['Latin-1 (windows-1252)', 'windows-1252'];
  // A few characters of GBK look like Hangul.
  return pairs >= 20 && hangul * 10 > pairs * 9 ? ['EUC-KR', 'euc-kr'] : ['GBK', 'gbk'];
}
