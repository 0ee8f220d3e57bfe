import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Problem } from '../../shared/errors.ts';
import { whyNotFolder, whyNotWritable } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';

/** The key, what is allowed, a right line, and how a place is tried. */
const PLACES = {
  outputsDir: ['OUTPUTS_DIR (--outputs-dir)', 'a folder that can be written', '--outputs-dir outputs', whyNotFolder],
  junit: ['JUNIT (--junit)', 'a file that can be written', '--junit junit.xml', whyNotWritable],
  output: [
    '--output',
    'a file that can be written, in a folder that exists',
    '--output result.json',
    // A result goes where the user is: a folder that is not there is a slip of the keyboard.
    (path: string) => (existsSync(dirname(path)) ? whyNotWritable(path) : `there is no folder ${dirname(path)}`),
  ],
} as const;

/**
 * Tries all places where a command is going to write before there is anything to lose, and leaves them as they were.
 *
 * @param places as the user named them; null or empty: not named
 * @returns a problem for each that cannot be written
 */
export function checkPlaces(
  places: {
    readonly [Place in keyof typeof PLACES]?: string | null | undefined;
  },
): Problem[] {
  return (Object.keys(PLACES) as (keyof typeof PLACES)[]).flatMap((place) => {
    const [key, allowed, paste, whyNot] = PLACES[place];
    const path = places[place];
    const reason = path ? whyNot(path) : null;
    return path && reason !== null ? [{ key, got: `${showPath(path)}: ${reason}`, allowed, paste }] : [];
  });
}
