import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createTextReader } from '../scenario/k6-read-text.ts';
import { readTextFile } from './node-read-text.ts';

const TEXT = '{"question":"Größe, 你好, 🙂?"}\n'.repeat(600);
const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-'));
let count = 0;

function save(bytes: Uint8Array): string {
  count += 1;
  const path = join(folder, `file-${count}`);
  writeFileSync(path, bytes);
  return path;
}

/** As Node reads a file, and as k6 does: with an `open` that makes U+FFFD of what is not UTF-8. */
const READERS: [string, (bytes: Uint8Array) => string][] = [
  ['Node', (bytes) => readTextFile(save(bytes))],
  [
    'k6',
    (bytes) =>
      createTextReader((_, mode) =>
        mode === 'b' ? new Uint8Array(bytes).buffer : Buffer.from(bytes).toString('utf8'),
      )('file'),
  ],
];

function utf16(text: string, mark: boolean, isBig = false): Buffer {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
}

/** Two answers in GBK and one word in Latin-1, written out as bytes since Node encodes neither. */
const GBK = Buffer.concat([
  Buffer.from('{"question":"'),
  Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0xca, 0xc0, 0xbd, 0xe7]),
  Buffer.from('"}\n'),
]);
const LATIN1 = Buffer.from('{"question":"Größe und Maß?"}\n', 'latin1');
const SHIFT_JIS = Buffer.from([0x82, 0xb1, 0x82, 0xf1, 0x82, 0xc9, 0x82, 0xbf, 0x82, 0xcd, 0x0a]);

describe.each(READERS)('the text of a file, read in %s', (_, read) => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16, little end first', utf16(TEXT, true)],
    ['UTF-16, big end first', utf16(TEXT, true, true)],
    ['gzip', gzipSync(TEXT)],
    ['gzip of UTF-16', gzipSync(utf16(TEXT, true))],
    ['gzip in two members', Buffer.concat([gzipSync(TEXT.slice(0, 1000)), gzipSync(TEXT.slice(1000))])],
  ])('is decoded from %s', (_name, bytes) => {
    expect(read(bytes) === TEXT).toBe(true);
  });

  it('may hold a replacement character of its own', () => {
    expect(read(Buffer.from('a\ufffdb'))).toBe('a\ufffdb');
  });

  it.each([
    ['GBK', GBK, 'it is text that is not UTF-8 (line 1), probably GBK'],
    ['Latin-1', LATIN1, 'it is text that is not UTF-8 (line 1), probably Latin-1 (windows-1252)'],
    ['Shift_JIS', SHIFT_JIS, 'it is text that is not UTF-8 (line 1), probably Shift_JIS'],
    ['gzip of GBK', gzipSync(GBK), 'it is gzip of text that is not UTF-8 (line 1), probably GBK'],
    ['UTF-16 without a mark', utf16('{"question":"a"}', false), 'it is UTF-16 without a byte order mark'],
    ['a PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), 'it is a PNG image'],
    ['a zip', Buffer.from('PK\x03\x04\x14\0\0\0'), 'it is a zip archive (also .xlsx, .docx and .npz)'],
    ['Parquet', Buffer.from('PAR1\x15\x04'), 'it is a Parquet file'],
    ['SQLite', Buffer.from('SQLite format 3\0\x10\0'), 'it is a SQLite database'],
    ['a PDF', Buffer.from('%PDF-1.7\n'), 'it is a PDF document'],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04]), 'it is a zstd file'],
    ['bytes of nothing known', Buffer.from([1, 0, 7, 255, 3, 0, 0]), 'it is binary data, not text'],
    [
      'gzip of a zip',
      gzipSync(Buffer.from('PK\x03\x04\x14\0\0\0')),
      'it is gzip of a zip archive (also .xlsx, .docx and .npz)',
    ],
    ['gzip of gzip', gzipSync(gzipSync('a')), 'it is gzip of gzip'],
    [
      'Git LFS',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
      'it is a pointer of Git LFS, whose data `git lfs pull` brings',
    ],
  ])('is refused by name where the file is %s', (_name, bytes, why) => {
    expect(() => read(bytes)).toThrow(why);
  });

  it.each([
    ['cut short', gzipSync(TEXT).subarray(0, -40)],
    ['of a few bytes', gzipSync(TEXT).subarray(0, 12)],
  ])('is refused where gzip is %s', (_name, bytes) => {
    expect(() => read(bytes)).toThrow(/gzip that is cut short|damaged gzip/);
  });
});

describe('readTextFile', () => {
  it.each([
    ['/dev/zero', 'it is not a regular file'],
    [folder, 'it is a folder'],
  ])('refuses %s at once', (path, why) => {
    expect(() => readTextFile(path)).toThrow(why);
  });

  it('refuses a file made to fill the memory', () => {
    expect(() => readTextFile(save(gzipSync(Buffer.alloc(300 * 1024 * 1024))))).toThrow(
      'it unpacks to more than 256 MB',
    );
  });

  it('decodes by the name of an encoding', () => {
    expect(readTextFile(save(GBK), 'gbk')).toBe('{"question":"你好世界"}\n');
    expect(readTextFile(save(gzipSync(LATIN1)), 'windows-1252')).toContain('Größe und Maß?');
    expect(() => readTextFile(save(Buffer.from([0x81])), 'gbk')).toThrow('it is not text in gbk');
  });
});

describe('createTextReader', () => {
  it('refuses what has no end, which k6 cannot ask', () => {
    for (const path of ['/dev/zero', 'file:///dev/stdin', '/proc/self/environ'])
      expect(() => createTextReader(() => 'x')(path)).toThrow('it is not a regular file');
  });
});
