import { existsSync, statSync } from 'node:fs';
import { findHistory, type History } from '../../history/node-find-history.ts';
import type { Problem } from '../../shared/errors.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { showPath } from '../../shared/show-word.ts';
import type { ProcessLike } from '../command.ts';
import { CommandError } from '../support/output.ts';

const MOST_NAMED = 20;

/** The one word of a command, a folder; what is wrong with the words is added to `problems`. */
export function readFolder(words: readonly string[], command: string, problems: Problem[]): string {
  const [folder = ''] = words;
  const got = describeWrong(words, folder);
  const allowed = 'one folder with runs below it';
  if (got !== null) problems.push({ key: 'folder of results', got, allowed, paste: `k6-llm-perf ${command} outputs` });
  return folder;
}

function describeWrong({ length }: readonly string[], folder: string): string | null {
  if (folder === '') return 'nothing';
  if (length > 1) return `${length} words`;
  if (!existsSync(folder)) return `${showPath(folder)}, which does not exist`;
  return statSync(folder).isDirectory() ? null : `${showPath(folder)}, which is not a folder`;
}

/** The runs below a folder; what is skipped is named. @throws {CommandError} where there is none, saying what to do */
export function loadHistory(folder: string, { stderr }: Pick<ProcessLike, 'stderr'>): History {
  const history = findHistory(folder);
  const { runs, skipped } = history;
  for (const { path, why } of skipped.slice(0, MOST_NAMED)) {
    stderr.write(`skipped ${escapeText(path)}: ${escapeText(why)}\n`);
  }
  if (skipped.length > MOST_NAMED) stderr.write(`skipped ${skipped.length - MOST_NAMED} more\n`);
  if (runs.length > 0) return history;
  throw new CommandError(
    `there is no run below ${showPath(folder)}: a run leaves a summary.json in its results folder\n  try: k6-llm-perf --url http://127.0.0.1:8000/v1 --outputs-dir outputs`,
  );
}
