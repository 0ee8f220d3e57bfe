import { closeSync, createReadStream, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { ConfigError } from '../shared/errors.ts';
import { showPath } from '../shared/show-word.ts';

/** Bytes read at once: large enough that a line seldom spans two pieces. */
const READ_SIZE = 1 << 20;

function isGzip(path: string): boolean {
  const start = Buffer.alloc(2);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, start, 0, 2, 0);
  } finally {
    closeSync(descriptor);
  }
  return start[0] === 0x1f && start[1] === 0x8b;
}

/**
 * Opens a results file, unpacked if its first bytes say gzip, whatever its name.
 *
 * A packed file that was cut gives all that is in it and no error: its last line shows the cut.
 */
export function openResults(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: READ_SIZE });
  if (!isGzip(path)) return file;
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: READ_SIZE });
  file.on('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

/**
 * Checks that results files can be read, before any of them is.
 *
 * @throws {ConfigError} naming every path that is no file, or when there is no path at all
 */
export function checkResultsPaths(paths: readonly string[]): void {
  const bad = paths.length === 0 ? ['nothing'] : paths.filter((path) => !existsSync(path) || !statSync(path).isFile());
  if (bad.length === 0) return;
  throw new ConfigError(
    bad.map((path) => ({
      key: 'results file',
      got: paths.length === 0 ? path : showPath(path),
      allowed: 'a file that `k6 run --out json=FILE` wrote, plain or .gz',
      paste: 'k6-llm-perf report results.json.gz',
    })),
  );
}
