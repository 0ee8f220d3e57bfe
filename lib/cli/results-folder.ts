import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunConfig } from '../config/run-config.ts';
import { CommandError } from './output.ts';

/** `YYYYmmdd_HHMMSS`, local time, as evalscope names its folders. */
export function formatTimestamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

/**
 * Makes the folder of a run, `<outputs-dir>/<timestamp>/<name>`, before any load starts, so that a folder that cannot be
 * written costs no measurement.
 *
 * Two runs in one second get different folders; without a timestamp a folder that already holds results is refused.
 * @throws {CommandError} when it cannot be made or written
 */
export function createResultsFolder(config: Pick<RunConfig, 'outputsDir' | 'noTimestamp' | 'name'>, now: Date): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no file name may hold.
  const name = config.name.replace(/[<>:"/\\|?*\u0000-\u001f]/g, '_');
  const folder = (suffix: string): string =>
    config.noTimestamp
      ? join(config.outputsDir, name)
      : join(config.outputsDir, `${formatTimestamp(now)}${suffix}`, name);
  let path = folder('');
  for (let i = 2; !config.noTimestamp && existsSync(path); i++) path = folder(`_${i}`);
  if (existsSync(join(path, 'benchmark_data.db'))) {
    throw new CommandError(
      `${path} holds the results of another run: remove it, give another --name, or leave out --no-timestamp`,
    );
  }
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
    const probe = join(path, '.write-test');
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new CommandError(
      `the results folder ${path} cannot be written: ${(error as Error).message}\n  try: --outputs-dir with a folder you may write to`,
    );
  }
  return path;
}
