import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Problem } from '../../shared/errors.ts';
import { whyNotFolder, whyNotWritable } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';

/** Where a command is going to write, as the user named it; null or empty: not named. */
export interface Places {
  readonly outputsDir?: string | null | undefined;
  readonly junit?: string | null | undefined;
  /** `--output` of a command. */
  readonly output?: string | null | undefined;
}

/**
 * Tries all places before there is anything to lose, and leaves them as they were.
 *
 * @returns a problem for each that cannot be written
 */
export function checkPlaces({ outputsDir, junit, output }: Places): Problem[] {
  return [
    ...check(
      'OUTPUTS_DIR (--outputs-dir)',
      outputsDir,
      whyNotFolder,
      'a folder that can be written',
      '--outputs-dir outputs',
    ),
    ...check('JUNIT (--junit)', junit, whyNotWritable, 'a file that can be written', '--junit junit.xml'),
    ...check(
      '--output',
      output,
      whyNotOutput,
      'a file that can be written, in a folder that exists',
      '--output result.json',
    ),
  ];
}

/** A result goes where the user is: a folder that is not there is a slip of the keyboard. */
function whyNotOutput(path: string): string | null {
  return existsSync(dirname(path)) ? whyNotWritable(path) : `there is no folder ${dirname(path)}`;
}

function check(
  key: string,
  path: string | null | undefined,
  whyNot: (path: string) => string | null,
  allowed: string,
  paste: string,
): Problem[] {
  if (path === undefined || path === null || path === '') return [];
  const reason = whyNot(path);
  return reason === null ? [] : [{ key, got: `${showPath(path)}: ${reason}`, allowed, paste }];
}
