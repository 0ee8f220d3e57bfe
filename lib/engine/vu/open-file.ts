import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Vu } from './vu.ts';

/**
 * The script's `open(path, mode?)`: text, or an ArrayBuffer with mode `b`. Relative paths begin at the script's folder.
 *
 * @throws {Error} outside the script's top level, for a missing file, and in a later VU for a file that the first one did not open
 */
export function createOpen(vu: Vu): (path: string, mode?: string) => string | ArrayBuffer {
  return (path, mode) => {
    if (vu.phase !== 'init') {
      throw new Error('The "open()" function is only available in the init stage (i.e. the global scope)');
    }
    if (path === '' || path === undefined) throw new Error("open() can't be used with an empty filename");
    const file = path.startsWith('file://') ? fileURLToPath(path) : resolve(dirname(vu.run.bundlePath), path);
    const content = read(vu, file);
    return mode === 'b' ? toArrayBuffer(content) : content.toString('utf8');
  };
}

/** Go's words for a file that cannot be opened. */
export function describeOpenError(path: string, { code, message }: NodeJS.ErrnoException): string {
  return `open ${path}: ${code === 'ENOENT' ? 'no such file or directory' : message}`;
}

/** A copy with a buffer of its own, as scripts expect bytes. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function read(vu: Vu, file: string): Buffer {
  const known = vu.run.files.get(file);
  if (known) return known;
  if (vu.id > 0)
    throw new Error(
      `open() can't be used with files that weren't previously opened during initialization (__VU==0), path: "${file}"`,
    );
  try {
    const content = readFileSync(file);
    vu.run.files.set(file, content);
    return content;
  } catch (error) {
    throw new Error(describeOpenError(file, error as NodeJS.ErrnoException));
  }
}
