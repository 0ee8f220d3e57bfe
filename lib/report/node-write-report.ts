import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type EvalscopeFiles, nameEvalscopeFiles } from '../evalscope/node-evalscope-files.ts';
import { ConfigError } from '../shared/errors.ts';
import { codeOf, lookAt, makeFolder, removeEmptyFolders } from '../shared/node-files.ts';
import { quoteForShell } from '../shared/quote-for-shell.ts';
import { PROMPTS_FILE, RECORDS_FILE, SAMPLES_FILE, SERVER_FILE } from '../shared/result-files.ts';
import { endReservation, reserveFolder } from './node-reservation.ts';
import { formatReportFolder } from './report-folder.ts';

/** Where a run's folder is made. */
export interface FolderRequest {
  readonly outputsDir: string;
  /** Names the folder between; null for none. */
  readonly startedAt: Date | null;
  readonly name: string;
}

/** As the settings have it. */
export function requestFolder(
  { outputsDir, noTimestamp, name }: Pick<FolderRequest, 'outputsDir' | 'name'> & { readonly noTimestamp: boolean },
  startedAt: Date,
): FolderRequest {
  return { outputsDir, startedAt: noTimestamp ? null : startedAt, name };
}

/** A folder for results, and the quick start's files in it; paths begin as `outputsDir` was written. */
export interface ReportFolder extends EvalscopeFiles {
  readonly path: string;
  /**
   * true: a point of a sweep, where evalscope's current files lie in `path` and those of the quick start, which have the
   * same names, in `quick_start` below it.
   */
  readonly isPoint: boolean;
}

/** A folder that is this process's own until it ends the reservation. */
export interface ReservedFolder extends ReportFolder {
  /** The files are whole, or nobody will finish them: others may have the folder. */
  release(): void;
  /** Nothing was written: every folder that was made for it is taken away again. */
  abandon(): void;
  /** Nothing was sent: what engine and command left is taken away, and every folder that was made for it. */
  discard(): void;
}

/** What a run writes before there is a report, a line for each request; a report is made from it and never replaces it. */
const ENGINE_FILES = [RECORDS_FILE, SAMPLES_FILE, SERVER_FILE, PROMPTS_FILE, 'engine_summary.json'];
/** What a report writes. */
const DERIVED_FILES =
  /^(benchmark_(args|summary|percentile)\.json|benchmark_data\.db|(trace_)?summary\.(json|md)|perf_report\.html|junit\.xml|sweep\.json|runs\.json|run_\d+|search(\.json)?|sla_tuning|sla_summary\.json|(parallel|rate)_-?[\d.]+(_number_\d+)?)$/;
const DRAFTS = /\.new(\.lock)?$/;

/**
 * Makes the folder of a run, and those above it, and reserves it: before a run starts, so that a folder that cannot be
 * written costs no measurement, and runs that start at once never share one.
 *
 * Runs that start in one second get folders of their own (`20241216_194204_2`); without a timestamp there is only one. A
 * report whose command was killed is made anew; the records of a run are never written over.
 * @param makes what is to be written: the records of a run, or a report of records that are there
 * @throws {ConfigError} when results lie there already, when another command is at work there, or when it cannot be made
 * or written
 */
export function createReportFolder(request: FolderRequest, makes: 'run' | 'report' = 'run'): ReservedFolder {
  const { outputsDir, startedAt, name } = request;
  try {
    for (let turn = 1; ; turn += 1) {
      const suffix = turn === 1 ? '' : `_${turn}`;
      const path = formatReportFolder(outputsDir, startedAt, name, suffix);
      const made = makeFolder(dirname(path));
      if (makeNewFolder(path)) made.push(path);
      else if (startedAt !== null) continue;
      return reserve(path, made, makes, startedAt === null ? name : null);
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw refuse(`${JSON.stringify(outputsDir)}: ${(error as Error).message}`, 'a folder that can be written');
  }
}

/** @returns false when something lies there. @throws what else the file system says */
function makeNewFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function reserve(path: string, made: readonly string[], makes: 'run' | 'report', name: string | null): ReservedFolder {
  const reservation = reserveFolder(path);
  if (reservation.state === 'taken') {
    checkHoldsNoReport(path, name);
    throw refuse(
      `${JSON.stringify(path)}, where another command is at work (${reservation.by})`,
      'a folder of its own for each run; without --no-timestamp every run has one',
    );
  }
  try {
    if (reservation.leftBy !== null) clearLeftovers(path, makes);
    checkIsFree(path, makes, name);
  } catch (error) {
    endReservation(path, reservation.leftBy);
    throw error;
  }
  return {
    path,
    isPoint: false,
    ...nameEvalscopeFiles(path),
    release: () => endReservation(path),
    abandon: () => {
      endReservation(path);
      removeEmptyFolders(made);
    },
    discard: () => discardFolder(path, made),
  };
}

/**
 * Takes away what a killed command left of its report: the records that it was made from are there, or lie elsewhere.
 * A sweep's points are runs of their own, and stay.
 */
function clearLeftovers(path: string, makes: 'run' | 'report'): void {
  const names = readdirSync(path);
  if (makes === 'run' && holdsRecords(path)) return;
  if (
    names.some(
      (name) => DERIVED_FILES.test(name) && /^(parallel|rate|run)_/.test(name) && holdsRecords(join(path, name)),
    )
  )
    return;
  for (const name of names) {
    if (DERIVED_FILES.test(name) || DRAFTS.test(name)) rmSync(join(path, name), { recursive: true, force: true });
  }
}

/** @throws {ConfigError} naming what lies there, and what to do about it */
function checkIsFree(path: string, makes: 'run' | 'report', name: string | null): void {
  const names = readdirSync(path);
  const links = [...ENGINE_FILES, ...names.filter((name) => DERIVED_FILES.test(name))].filter((name) =>
    lookAt(join(path, name))?.isSymbolicLink(),
  );
  if (links.length > 0) {
    throw refuse(
      `${JSON.stringify(path)}, where ${links[0]} is a link`,
      'a folder without results, and without links in their place',
    );
  }
  checkHoldsNoReport(path, name);
  const records = findRecords(path);
  if (makes === 'report' || records === null) return;
  throw refuse(
    `${JSON.stringify(path)}, which holds the records of a run that did not come to its end`,
    `a folder without results; make its report (k6-llm-perf report ${records}) or remove it`,
  );
}

/**
 * @param name of a folder without a time: what tells one run from the next
 * @throws {ConfigError}
 */
function checkHoldsNoReport(path: string, name: string | null): void {
  if (!readdirSync(path).some((file) => DERIVED_FILES.test(file))) return;
  if (name !== null) {
    throw new ConfigError([
      {
        key: 'NAME (--name)',
        got: `${JSON.stringify(name)}, and ${JSON.stringify(path)} holds results, which are never overwritten`,
        allowed: 'with --no-timestamp, a name of its own for each run',
        paste: `--name ${quoteForShell(`${name}-2`)}`,
      },
    ]);
  }
  throw refuse(`${JSON.stringify(path)}, which holds results`, 'a folder without results; they are never overwritten');
}

function holdsRecords(folder: string): boolean {
  return findRecords(folder) !== null;
}

/** What a run left in a folder, as a path; null where that is nothing. */
function findRecords(folder: string): string | null {
  const paths = [RECORDS_FILE, SAMPLES_FILE].map((name) => join(folder, name));
  return paths.find((path) => (lookAt(path)?.size ?? 0) > 0) ?? null;
}

function refuse(got: string, allowed: string): ConfigError {
  return new ConfigError([{ key: 'OUTPUTS_DIR (--outputs-dir)', got, allowed, paste: '--outputs-dir outputs' }]);
}

/** Makes the folder of one point in that of its sweep, which is reserved for both. */
export function createPointFolder(sweepPath: string, name: string): ReportFolder & Pick<ReservedFolder, 'discard'> {
  const path = `${sweepPath}/${name}`;
  const quickStart = `${path}/quick_start`;
  const made = makeFolder(quickStart);
  const names = { ...nameEvalscopeFiles(quickStart), database: nameEvalscopeFiles(path).database };
  return { path, isPoint: true, ...names, discard: () => discardFolder(path, made) };
}

function discardFolder(path: string, made: readonly string[]): void {
  for (const name of ENGINE_FILES) rmSync(join(path, name), { force: true });
  endReservation(path);
  removeEmptyFolders(made);
}
