import { constants, copyFileSync, existsSync, linkSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isGzip } from '../../records/node-open-results.ts';
import { RECORDS_FILE, SAMPLES_FILE, SERVER_FILE } from '../../shared/result-files.ts';
import { listRunFiles } from '../support/run-file.ts';

/** More than this is not copied where a second name will do; less is, since k6 appends to a file of that name in its next run. */
const MOST_COPIED = 64 * 1024 * 1024;

/**
 * Puts what a report was made from into its folder, which then can be compared, exported and reported again. Nothing is done where
 * records lie there already.
 *
 * Several files stay apart, as `records_1.jsonl` and so on: they are instances, each with a clock of its own.
 * @throws what the file system says; then none of them is there
 */
export function keepRecords(files: readonly string[], folder: string): void {
  if (listRunFiles(folder).length > 0) return;
  const areSamples = files.every((file) => /\.json(\.gz)?$/.test(basename(file)));
  const [stem, end] = areSamples ? splitName(SAMPLES_FILE) : splitName(RECORDS_FILE);
  const kept: string[] = [];
  const keep = (file: string, name: string): void => {
    const path = join(folder, name);
    kept.push(path);
    takeFile(realpathSync(file), path);
  };
  try {
    for (const [index, file] of files.entries()) {
      const number = files.length === 1 ? '' : `_${index + 1}`;
      keep(file, `${stem}${number}${end}${isGzip(file) ? '.gz' : ''}`);
    }
    const beside = [...new Set(files.map((file) => join(dirname(file), SERVER_FILE)))].filter((path) =>
      existsSync(path),
    );
    if (beside.length === 1) keep(beside[0] as string, SERVER_FILE);
  } catch (error) {
    for (const path of kept) rmSync(path, { force: true });
    throw error;
  }
}

function splitName(name: string): [string, string] {
  const at = name.indexOf('.');
  return [name.slice(0, at), name.slice(at)];
}

/** A copy that shares its blocks where the file system has such; else one of its own, or a second name of what is large. */
function takeFile(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
    return;
  } catch {
    rmSync(to, { force: true });
  }
  if (statSync(from).size > MOST_COPIED) {
    try {
      linkSync(from, to);
      return;
    } catch {
      // Another disk, or a file of another user.
    }
  }
  copyFileSync(from, to);
}
