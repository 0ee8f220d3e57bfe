import { copyFileSync, linkSync } from 'node:fs';
import { makeFolder, replaceFile } from '../shared/node-files.ts';
import type { RunData } from '../stats/run-data.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { buildPercentileJson, buildSummaryJson, formatBenchmarkJson } from './quick-start.ts';
import {
  buildCurrentArgs,
  buildCurrentPercentiles,
  buildCurrentSummary,
  buildSpeculation,
  formatRunFolder,
  namedRate,
  readHandOvers,
} from './release-1-14.ts';
import { buildTraceSummary } from './trace-summary.ts';
import { buildWorkloadThroughput, buildWorkloadTimeline } from './workload-files.ts';

/** The paths of evalscope's results files in a folder; of both versions, which give them the same names. */
export interface EvalscopeFiles {
  readonly args: string;
  readonly summary: string;
  readonly percentiles: string;
  readonly database: string;
}

/** What the files of 1.14 are made from. */
export interface CurrentFilesContent {
  readonly summary: RunSummary;
  readonly run: RunData;
  /** The configuration, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
  /** When the first request started, in milliseconds since 1970. */
  readonly startedAtMs: number;
}

export function nameEvalscopeFiles(path: string): EvalscopeFiles {
  return {
    args: `${path}/benchmark_args.json`,
    summary: `${path}/benchmark_summary.json`,
    percentiles: `${path}/benchmark_percentile.json`,
    database: `${path}/benchmark_data.db`,
  };
}

/**
 * Writes the three JSON files in the keys of the quick start; the database is written record by record, with
 * `createResultDatabase`.
 *
 * @param args secrets are masked already
 * @param dbPath null when no database is written
 */
export function writeQuickStartFiles(
  files: EvalscopeFiles,
  args: Readonly<Record<string, unknown>>,
  summary: RunSummary,
  dbPath: string | null = files.database,
): void {
  writeFiles(files, args, buildSummaryJson(summary, dbPath), buildPercentileJson(summary));
}

/**
 * Writes what evalscope's own report and dashboard load: three JSON files in the keys of 1.14 and the database, in a
 * folder whose name they know. The folder lies in that of a single run; a sweep's point is that folder itself.
 *
 * The database has the columns of both versions, so a single run's second one is the same file under another name, and a
 * copy only where the file system has no hard links.
 */
export function writeCurrentFiles(
  folder: { readonly path: string; readonly isPoint: boolean; readonly database: string },
  { summary, run, args, startedAtMs }: CurrentFilesContent,
): void {
  const number = summary.expected_requests ?? summary.total_requests;
  const { concurrency } = summary;
  const rate = namedRate(args);
  const name = formatRunFolder({ concurrency, rate: args['rate'] === 'inf' ? 'inf' : rate, number });
  const path = folder.isPoint ? folder.path : `${folder.path}/${name}`;
  makeFolder(path);
  const files = nameEvalscopeFiles(path);
  const handOvers = readHandOvers(run, args);
  writeFiles(
    files,
    buildCurrentArgs({ args, concurrency, number, folder: path }),
    { ...buildCurrentSummary(run, summary, rate, handOvers), ...buildSpeculation(run) },
    buildCurrentPercentiles(run, summary, handOvers),
  );
  if (summary.conversations !== null) {
    replaceFile(`${path}/trace_summary.json`, formatBenchmarkJson(buildTraceSummary(summary.conversations, run)));
  }
  if (summary.completed_requests > 0) {
    const timeline = buildWorkloadTimeline(run, startedAtMs);
    replaceFile(`${path}/workload_timeline.json`, formatBenchmarkJson(timeline));
    replaceFile(
      `${path}/workload_throughput.json`,
      formatBenchmarkJson(buildWorkloadThroughput(timeline, summary.completed_requests)),
    );
  }
  if (files.database !== folder.database) linkOrCopy(folder.database, files.database);
}

function writeFiles(files: EvalscopeFiles, args: object, summary: object, percentiles: readonly object[]): void {
  replaceFile(files.args, formatBenchmarkJson(args));
  replaceFile(files.summary, formatBenchmarkJson(summary));
  replaceFile(files.percentiles, formatBenchmarkJson(percentiles));
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
