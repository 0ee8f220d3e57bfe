import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { codeOf, whyNotWritable } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';
import { CommandError } from './output.ts';

/**
 * Writes what `prepare` makes into this folder: to a draft, which gets its name when it is whole.
 *
 * @param targets the names that it may get
 * @param write   fills the draft, and returns the name that it gets
 * @throws {CommandError} where one of them cannot be written, before `write` where that can be known
 */
export async function writePrepared<Target extends string>(
  what: 'dataset' | 'trace',
  targets: readonly Target[],
  write: (draft: string) => Target | Promise<Target>,
): Promise<void> {
  let target = targets[0] as Target;
  const refuse = (reason: string): CommandError =>
    new CommandError(
      `the prepared ${what} cannot be written: ${showPath(target)}: ${reason}\n  try: again in a folder that can be written, with room on its disk`,
    );
  for (target of targets) {
    const whyNot = whyNotWritable(target);
    if (whyNot !== null) throw refuse(whyNot);
  }
  const draft = `${target}.${randomUUID()}.new`;
  try {
    target = await write(draft);
    renameSync(draft, target);
  } catch (error) {
    if (codeOf(error) === undefined || error instanceof CommandError) throw error;
    throw refuse((error as Error).message);
  } finally {
    rmSync(draft, { force: true });
  }
}
