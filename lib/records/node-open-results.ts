import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { isGzipFile, readAt } from '../shared/node-files.ts';

/** Bytes read at once: large enough that a line seldom spans two pieces. */
const READ_SIZE = 1 << 20;
/** What is unpacked at once, and lost where the packed bytes are damaged. */
const UNPACK_SIZE = 1 << 17;

function unpack(path: string, finishFlush: number): Readable {
  const gunzip = createGunzip({ finishFlush, chunkSize: UNPACK_SIZE });
  const file = createReadStream(path, { highWaterMark: READ_SIZE });
  file.on('error', (error) => gunzip.destroy(error));
  // A reader that has seen enough must not leave the file open.
  gunzip.on('close', () => file.destroy());
  return file.pipe(gunzip);
}

/**
 * Whether a packed file of which so many bytes were unpacked without an error ends early. Its last four bytes hold the
 * length of what was packed; where they do not, as in files put one after the other, it is unpacked once more, strictly.
 */
async function isCutShort(path: string, unpacked: number): Promise<boolean> {
  const { size } = statSync(path);
  if (size >= 18 && readAt(path, 4, size - 4).readUInt32LE(0) === unpacked % 2 ** 32) return false;
  try {
    for await (const _ of unpack(path, constants.Z_FINISH));
    return false;
  } catch {
    return true;
  }
}

/** One buffer for all pieces: a million records would leave a gigabyte of them to the garbage collector. */
async function* readPlain(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_SIZE, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a results file in pieces, each until the next one is asked for, unpacked if its first bytes say gzip, whatever its name.
 *
 * A file that is damaged, or packed and cut, gives what can be read of it, and no error.
 * @param onDamage gets what is wrong, at the end
 */
export async function* readPieces(path: string, onDamage: (text: string) => void): AsyncGenerator<Buffer> {
  let unpacked = 0;
  try {
    const isPacked = isGzipFile(path);
    for await (const piece of isPacked ? unpack(path, constants.Z_SYNC_FLUSH) : readPlain(path)) {
      unpacked += (piece as Buffer).length;
      yield piece as Buffer;
    }
    if (isPacked && (await isCutShort(path, unpacked))) {
      onDamage('the packed file ends early, as when a run is killed; what came before is used');
    }
  } catch (error) {
    onDamage(`reading stopped, what came before is used: ${(error as Error).message}`);
  }
}
