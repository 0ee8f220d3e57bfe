import { writeNamedFile } from '../../shared/node-files.ts';
import type { Output } from './output.ts';

/**
 * Writes the result of a command to the file of its `--output`, or to standard output without one. Where the file cannot be
 * written although it could be before the work began, standard output gets the result, so that the work is not lost.
 *
 * @returns whether the result is where it was wanted
 */
export function writeOutput(path: string | null, content: string | Uint8Array, { stdout, stderr }: Output): boolean {
  if (path === null) {
    stdout.write(content);
    return true;
  }
  try {
    writeNamedFile(path, content);
    return true;
  } catch (error) {
    stderr.write(`${path} could not be written, so the result goes to standard output: ${(error as Error).message}\n`);
    stdout.write(content);
    return false;
  }
}
