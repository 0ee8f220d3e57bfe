import { constants, copyFileSync, existsSync, linkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isGzipFile } from '../../shared/node-files.ts';
import { RECORDS_FILE, SAMPLES_FILE, SERVER_FILE } from '../../shared/result-files.ts';
import { listRunFiles } from '../support/run-file.ts';

/** More than this is not copied where a second name will do; less is, since k6 appends to a file of that name in its next run. */
const MOST_COPIED = 64 * 1024 * 1024;

/**
 * Puts what a report was made from into its folder, which then can be compared, exported and reported again. Nothing is done where
 * records lie there already.
 *
 * Several files stay apart, as `records_1.jsonl` and so on: they are instances, each with a clock of its own.
 * @returns a sentence for each file that has a second name there, since what is appended to it is in the report's folder, too
 * @throws what the file system says; then none of them is there
 */
export function keepRecords(files: readonly string[], folder: string): string[] {
  if (listRunFiles(folder).length > 0) return [];
  const areSamples = files.every((file) => /\.json(\.gz)?$/.test(basename(file)));
  const [stem, end] = areSamples ? splitName(SAMPLES_FILE) : splitName(RECORDS_FILE);
  const kept: string[] = [];
  const notes: string[] = [];
  const keep = (file: string, name: string): void => {
    const path = join(folder, name);
    kept.push(path);
    if (takeFile(realpathSync(file), path)) notes.push(describeLink(file, path));
  };
  try {
    for (const [index, file] of files.entries()) {
      const number = files.length === 1 ? '' : `_${index + 1}`;
      keep(file, `${stem}${number}${end}${isGzipFile(file) ? '.gz' : ''}`);
    }
    const beside = [...new Set(files.map((file) => join(dirname(file), SERVER_FILE)))].filter((path) =>
      existsSync(path),
    );
    if (beside.length === 1) keep(beside[0] as string, SERVER_FILE);
  } catch (error) {
    for (const path of kept) rmSync(path, { force: true });
    throw error;
  }
  return notes;
}

function describeLink(file: string, path: string): string {
  return `${path} is a second name of ${file}, which is too large to copy: remove ${file} before k6 appends another run to it.`;
}

function splitName(name: string): [string, string] {
  const at = name.indexOf('.');
  return [name.slice(0, at), name.slice(at)];
}

/**
 * A copy that shares its blocks where the file system has such; else one of its own, or a second name of what is large.
 *
 * @returns whether it is a second name
 */
function takeFile(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
    return false;
  } catch {
    rmSync(to, { force: true });
  }
  if (statSync(from).size > MOST_COPIED) {
    try {
      linkSync(from, to);
      return true;
    } catch {
      // Another disk, or a file of another user.
    }
  }
  copyFileSync(from, to);
  return false;
}
