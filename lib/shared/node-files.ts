import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isGzip } from './decode-text.ts';
import { parseJson } from './json.ts';

/** More than the smallest block of a file system, so that a full disk shows. */
const PROBE = ' '.repeat(4096);

/** What is at a path, a link itself and not where it leads; null: nothing. */
export function lookAt(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** Some bytes of a file from a position on; fewer at its end. */
export function readAt(path: string, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length);
  const descriptor = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
  } finally {
    closeSync(descriptor);
  }
}

export function isGzipFile(path: string): boolean {
  return isGzip(readAt(path, 2, 0));
}

/** The value of a JSON file; undefined where there is none, or it is something else: a pipe would be waited for. */
export function readJsonFile(path: string): unknown {
  try {
    if (!statSync(path).isFile()) return undefined;
    return parseJson(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Makes a folder and those above it, one at a time.
 *
 * Never `mkdir` with `recursive`: on a path whose parents cannot be made (`/proc/none/x`), Node tries again for ever.
 * @returns the folders that were not there before, the outermost first
 * @throws what the file system says
 */
export function makeFolder(path: string): string[] {
  const missing: string[] = [];
  let parent = resolve(path);
  while (statSync(parent, { throwIfNoEntry: false }) === undefined && dirname(parent) !== parent) {
    missing.unshift(parent);
    parent = dirname(parent);
  }
  return missing.filter((folder) => makeOne(folder));
}

/** @returns whether it was not there before */
function makeOne(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (codeOf(error) === 'EEXIST' && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
    throw error;
  }
}

/** Takes folders away as long as they are empty, the innermost first. */
export function removeEmptyFolders(folders: readonly string[]): void {
  for (const folder of [...folders].reverse()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/**
 * Writes a file whole or not at all: under another name first. A file that is there is replaced, and so is a link, which
 * would lead elsewhere.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const draft = `${path}.${process.pid}.new`;
  rmSync(draft, { force: true });
  try {
    writeFileSync(draft, content, { flag: 'wx' });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** What a summary of an engine takes, and more. */
const ROOM = ' '.repeat(16_384);

/** Writes blanks where a small file is to come at the end, so that a disk that fills up meanwhile has room for it. */
export function keepRoom(path: string): void {
  try {
    writeFileSync(path, ROOM);
  } catch {
    // Then there is none.
  }
}

/**
 * Writes a file that the user named, in a folder that may not be there yet: whole or not at all where it is a plain file.
 * A link is followed, since it is the user's, and a device is written as it is.
 */
export function writeNamedFile(path: string, content: string | Uint8Array): void {
  makeFolder(dirname(path));
  if (lookAt(path)?.isFile() === false) {
    writeFileSync(path, content);
    return;
  }
  try {
    replaceFile(path, content);
  } catch (error) {
    // Nobody may make files in that folder, but perhaps write this one.
    if (codeOf(error) !== 'EACCES') throw error;
    writeFileSync(path, content);
  }
}

/**
 * Tries whether a file can be written at a path later, and leaves everything as it was.
 *
 * @returns why not; null when it can
 */
export function whyNotWritable(path: string): string | null {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there === undefined) return whyNotFolder(dirname(path));
    if (there.isDirectory()) return 'it is a folder';
    closeSync(openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK));
    return there.isFile() && isFull(dirname(path)) ? 'the disk is full' : null;
  } catch (error) {
    return describeFileError(error);
  }
}

/**
 * Tries whether files can be written in a folder, or in a new one at this path, and leaves everything as it was.
 *
 * @returns why not; null when they can
 */
export function whyNotFolder(path: string): string | null {
  let folder = resolve(path);
  try {
    while (lookAt(folder) === null && dirname(folder) !== folder) folder = dirname(folder);
    if (!statSync(folder).isDirectory()) return `${folder} is not a folder`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    probe(folder);
    return null;
  } catch (error) {
    return `${describeFileError(error)} in ${folder}`;
  }
}

/** A file in a folder that is not writable can still be written itself, unless the disk is full. */
function isFull(folder: string): boolean {
  try {
    probe(folder);
    return false;
  } catch (error) {
    return codeOf(error) === 'ENOSPC';
  }
}

function probe(folder: string): void {
  const file = join(folder, `.k6-llm-perf-${randomUUID()}`);
  try {
    writeFileSync(file, PROBE, { flag: 'wx' });
  } finally {
    rmSync(file, { force: true });
  }
}

/** What the file system says, without the call and the path that Node adds. */
function describeFileError(error: unknown): string {
  const { message } = error as Error;
  return codeOf(error) === undefined ? message : message.replace(/, \w+( '.*)?$/s, '');
}

/** The file system's short word for an error, `ENOENT`; undefined for other errors. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
