import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDS_NAME, RUN_FILES, SAMPLES_NAME } from '../../shared/result-files.ts';

/** The file of a results folder that holds the run's requests, or its instances' files; any other path as it is. */
export function findRunFiles(path: string): string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  const file = RUN_FILES.map((name) => join(path, name)).find((each) => existsSync(each));
  if (file !== undefined) return [file];
  const files = listRunFiles(path);
  return files.length > 0 ? files : [path];
}

/** Records, else samples: where both lie in a folder, they are of one run. A file that lies there packed as well counts once. */
export function listRunFiles(path: string): string[] {
  const all = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  const records = all.filter((name) => RECORDS_NAME.test(name));
  const names = records.length > 0 ? records : all.filter((name) => SAMPLES_NAME.test(name));
  return names
    .filter((name) => !names.includes(name.replace(/\.gz$/, '')) || !name.endsWith('.gz'))
    .sort()
    .map((name) => join(path, name));
}
