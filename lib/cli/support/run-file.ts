import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../../shared/result-files.ts';

/** The file of a results folder that holds the run's requests; any other path as it is. */
export function findRunFile(path: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  return RUN_FILES.map((name) => join(path, name)).find((file) => existsSync(file)) ?? path;
}
