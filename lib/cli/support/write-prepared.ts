import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { codeOf, whyNotWritable } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';
import { CommandError } from './output.ts';

interface Written<Target extends string> {
  readonly target: Target;
  readonly said: string;
}

/**
 * Writes what `prepare` makes into this folder: to a draft, which gets its name when it is whole.
 *
 * @param targets the names that it may get
 * @param write   fills the draft, and returns the name that it gets, and what is to be said of it
 * @returns what is to be said
 * @throws {CommandError} where one of them cannot be written, before `write` where that can be known
 */
export async function writePrepared<Target extends string>(
  what: 'dataset' | 'trace',
  targets: readonly Target[],
  write: (draft: string) => Written<Target> | Promise<Written<Target>>,
): Promise<string> {
  const refuse = (target: Target, reason: string): CommandError =>
    new CommandError(
      `the prepared ${what} cannot be written: ${showPath(target)}: ${reason}\n  try: again in a folder that can be written, with room on its disk`,
    );
  for (const target of targets) {
    const whyNot = whyNotWritable(target);
    if (whyNot !== null) throw refuse(target, whyNot);
  }
  let target = targets.at(-1) as Target;
  const draft = `${target}.${randomUUID()}.new`;
  try {
    const written = await write(draft);
    target = written.target;
    renameSync(draft, target);
    return written.said;
  } catch (error) {
    if (codeOf(error) === undefined || error instanceof CommandError) throw error;
    throw refuse(target, (error as Error).message);
  } finally {
    rmSync(draft, { force: true });
  }
}
