import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../shared/errors.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { buildPercentileJson, buildSummaryJson, formatBenchmarkJson } from './benchmark-json.ts';
import { formatReportFolder } from './report-folder.ts';

/** Where a run's folder is made. */
export interface FolderRequest {
  readonly outputsDir: string;
  /** Names the folder between; null for none. */
  readonly startedAt: Date | null;
  readonly name: string;
}

/** A folder for results, and the quick start's files in it; paths begin as `outputsDir` was written. */
export interface ReportFolder {
  readonly path: string;
  /**
   * true: a point of a sweep, where evalscope's current files lie in `path` and those of the quick start, which have the
   * same names, in `quick_start` below it.
   */
  readonly isPoint: boolean;
  readonly args: string;
  readonly summary: string;
  readonly percentiles: string;
  readonly database: string;
}

/** The paths of evalscope's results files in a folder. */
export function nameReportFiles(path: string): Pick<ReportFolder, 'args' | 'summary' | 'percentiles' | 'database'> {
  return {
    args: `${path}/benchmark_args.json`,
    summary: `${path}/benchmark_summary.json`,
    percentiles: `${path}/benchmark_percentile.json`,
    database: `${path}/benchmark_data.db`,
  };
}

/**
 * Makes the folder of a run, and those above it, and tries to write there: before a run starts, a folder that cannot be
 * written costs no measurement.
 *
 * Runs that start in one second get folders of their own (`20241216_194204_2`); without a timestamp there is only one.
 * @throws {ConfigError} when results lie there already, or when it cannot be made or written
 */
export function createReportFolder({ outputsDir, startedAt, name }: FolderRequest): ReportFolder {
  const refuse = (got: string, allowed: string): ConfigError =>
    new ConfigError([{ key: 'OUTPUTS_DIR (--outputs-dir)', got, allowed, paste: '--outputs-dir outputs' }]);
  let path = formatReportFolder(outputsDir, startedAt, name);
  for (let turn = 2; startedAt !== null && existsSync(path); turn += 1) {
    path = formatReportFolder(outputsDir, startedAt, name, `_${turn}`);
  }
  const folder: ReportFolder = { path, isPoint: false, ...nameReportFiles(path) };
  if (holdsResults(folder)) {
    throw refuse(
      `${JSON.stringify(folder.path)}, which holds results`,
      'a folder without results; they are never overwritten',
    );
  }
  try {
    mkdirSync(folder.path, { recursive: true });
    const probe = `${folder.path}/.write-test`;
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw refuse(`${JSON.stringify(outputsDir)}: ${(error as Error).message}`, 'a folder that can be written');
  }
  return folder;
}

/** Whether a run lies in a folder, or points of a sweep do. */
function holdsResults({ path, args, summary, percentiles, database }: ReportFolder): boolean {
  if ([args, summary, percentiles, database].some((file) => existsSync(file))) return true;
  return existsSync(path) && readdirSync(path).some((name) => /^(parallel_\d+_|sweep\.json$)/.test(name));
}

/** Makes the folder of one point in that of its sweep. */
export function createPointFolder(sweepPath: string, name: string): ReportFolder {
  const path = `${sweepPath}/${name}`;
  const quickStart = `${path}/quick_start`;
  mkdirSync(quickStart, { recursive: true });
  return { path, isPoint: true, ...nameReportFiles(quickStart), database: nameReportFiles(path).database };
}

/**
 * Writes evalscope's three JSON files in the keys of its quick start; the database is written record by record, with `createResultDatabase`.
 *
 * @param args the configuration as it is to be read by others: secrets are masked already
 * @param dbPath null when no database is written
 */
export function writeReportFiles(
  folder: ReportFolder,
  args: Readonly<Record<string, unknown>>,
  summary: RunSummary,
  dbPath: string | null = folder.database,
): void {
  writeFileSync(folder.args, formatBenchmarkJson(args));
  writeFileSync(folder.summary, formatBenchmarkJson(buildSummaryJson(summary, dbPath)));
  writeFileSync(folder.percentiles, formatBenchmarkJson(buildPercentileJson(summary)));
}
