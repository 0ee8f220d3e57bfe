import { closeSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { JUNIT_ROOT } from '../../report/text/junit.ts';

const HEAD_BYTES = 200;

/**
 * Takes the JUnit report of an earlier run away before this one begins, and those of an earlier sweep's points: a run that
 * is refused, or dies, must not leave them for its own. Only a file that begins as ours do is taken away, since the path
 * may be mistyped.
 */
export function removeStaleJunit(path: string): void {
  const { base, name: stem, ext } = parse(path);
  const folder = dirname(path);
  for (const name of listNames(folder)) {
    const isPoint = name.startsWith(`${stem}.parallel_`) && name.endsWith(ext);
    if (name !== base && !isPoint) continue;
    const file = join(folder, name);
    if (readHead(file).includes(JUNIT_ROOT)) rmSync(file, { force: true });
  }
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The beginning of a file; empty where there is none to be read. */
function readHead(path: string): string {
  try {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.toString('utf8', 0, readSync(file, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}
