import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decodeText, describeTooLarge, isGzip, MAX_UNPACKED_BYTES, UnreadableFile } from './decode-text.ts';
import { kindOfAnyFile } from './node-file-kinds.ts';

/** The most bytes of a file that is read as one text, below what a JavaScript text can hold. */
const MAX_BYTES = 500_000_000;

/**
 * The text of a file, whatever its encoding says by itself: see `decodeText`.
 *
 * @throws {UnreadableFile} for what is not a regular file, too long, or not text; {Error} where it cannot be read
 */
export function readTextFile(path: string, encoding: string | null = null): string {
  const bytes = readBytes(path);
  if (encoding !== null) return decodeAs(bytes, encoding);
  const start = bytes.toString('latin1', 0, 300);
  const isPlain = isUtf8(bytes) && !start.includes('\0') && kindOfAnyFile(start) === null;
  return isPlain ? bytes.toString('utf8').replace(/^\ufeff/, '') : decodeText(bytes, gunzip, kindOfAnyFile);
}

/** The bytes of a file in base64. @throws {UnreadableFile} for what is not a regular file, or too long; {Error} where it cannot be read */
export function readFileAsBase64(path: string): string {
  return readBytes(path).toString('base64');
}

function readBytes(path: string): Buffer {
  const file = statSync(path);
  if (file.isDirectory()) throw new UnreadableFile('it is a folder');
  // Reading from a device or a pipe may never come to an end.
  if (!file.isFile()) throw new UnreadableFile('it is not a regular file');
  if (file.size > MAX_BYTES) throw new UnreadableFile(`it is longer than ${MAX_BYTES / 1_000_000} MB`);
  return readFileSync(path);
}

function gunzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw describeTooLarge();
    throw new UnreadableFile(code === 'Z_BUF_ERROR' ? 'it is gzip that is cut short' : 'it is damaged gzip');
  }
}

/** By the name of an encoding, as the web knows them: `gbk`, `windows-1252`. */
function decodeAs(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(isGzip(bytes) ? gunzip(bytes) : bytes);
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile(`it is not text in ${encoding}`);
  }
}
