import { cpus, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder, readJsonFile, replaceFile } from '../shared/node-files.ts';
import type { Calibration } from './calibration.ts';
import { CHECKED_METRICS } from './truth-errors.ts';

/** What makes a calibration worth nothing on another machine. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
}

interface Entry extends Machine, Calibration {}

interface CalibrationFile {
  readonly version: 1;
  readonly calibrations: readonly Entry[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The machine we run on. */
export function describeMachine(): Machine {
  const all = cpus();
  return { cores: all.length, cpu: all[0]?.model.trim() ?? 'unknown' };
}

/** A file of the user, where the system keeps such: `$XDG_CONFIG_HOME`, else `~/.config`. */
export function calibrationPath(environment: Environment): string {
  const base = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] || homedir(), '.config');
  return join(base, 'k6-llm-perf', 'calibration.json');
}

/** The calibrations of this machine; none when there is no file, or none that can be read. */
export function readCalibrations(environment: Environment, machine: Machine = describeMachine()): Calibration[] {
  return readAll(calibrationPath(environment)).filter((entry) => isOf(entry, machine));
}

/**
 * Keeps a calibration in place of the one of the same engine, machine and load.
 *
 * @throws {Error} when the file cannot be written
 */
export function storeCalibration(
  environment: Environment,
  calibration: Calibration,
  machine: Machine = describeMachine(),
): string {
  const path = calibrationPath(environment);
  const others = readAll(path).filter(
    (entry) =>
      !isOf(entry, machine) ||
      entry.engine !== calibration.engine ||
      entry.parallel !== calibration.parallel ||
      entry.tokens_per_s !== calibration.tokens_per_s,
  );
  const file: CalibrationFile = { version: 1, calibrations: [...others, { ...machine, ...calibration }] };
  makeFolder(dirname(path));
  // In two steps, so that a run that reads meanwhile finds the old file or the new one.
  replaceFile(path, `${JSON.stringify(file, null, 2)}\n`);
  return path;
}

function isOf(entry: Machine, { cores, cpu }: Machine): boolean {
  return entry.cores === cores && entry.cpu === cpu;
}

function readAll(path: string): readonly Entry[] {
  const file = readJsonFile(path) as Partial<CalibrationFile> | null | undefined;
  return file?.version === 1 && Array.isArray(file.calibrations) ? file.calibrations.filter(isWhole) : [];
}

/** Somebody may have edited the file. */
function isWhole(entry: Partial<Entry> | null): boolean {
  return CHECKED_METRICS.every((metric) => Number.isFinite(entry?.errors?.[metric]?.median_ms));
}
