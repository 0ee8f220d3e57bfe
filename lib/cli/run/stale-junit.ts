import { rmSync } from 'node:fs';
import { JUNIT_ROOT } from '../../report/text/junit.ts';
import { readAt } from '../../shared/node-files.ts';

const HEAD_BYTES = 200;

/**
 * Takes the JUnit report of an earlier run away before this one begins: a run that is refused, or dies, must not leave it
 * for its own. Only a file that begins as ours do is taken away, since the path may be mistyped.
 */
export function removeStaleJunit(path: string): void {
  if (readHead(path).includes(JUNIT_ROOT)) rmSync(path, { force: true });
}

/** The beginning of a file; empty where there is none to be read. */
function readHead(path: string): string {
  try {
    return readAt(path, HEAD_BYTES, 0).toString('utf8');
  } catch {
    return '';
  }
}
