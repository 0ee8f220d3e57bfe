import { copyFileSync, linkSync } from 'node:fs';
import { makeFolder, replaceFile } from '../shared/node-files.ts';
import type { RunData } from '../stats/run-data.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import {
  buildCurrentArgs,
  buildCurrentPercentiles,
  buildCurrentSummary,
  formatCurrentFolder,
} from './evalscope-current.ts';
import { formatBenchmarkJson } from './json/benchmark-json.ts';
import { nameReportFiles, type ReportFolder } from './node-write-report.ts';

/** What the files are made from. */
export interface CurrentFilesContent {
  readonly summary: RunSummary;
  readonly run: RunData;
  /** The configuration, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Writes what evalscope's own report and dashboard load: three JSON files in its current keys and the database, in a
 * folder whose name they know. The folder lies in that of a single run; a sweep's point is that folder itself.
 *
 * The database has the columns of both of evalscope's times, so a single run's second one is the same file under another
 * name, and a copy only where the file system has no hard links.
 */
export function writeCurrentFiles(folder: ReportFolder, { summary, run, args }: CurrentFilesContent): void {
  const number = summary.expected_requests ?? summary.total_requests;
  const path = folder.isPoint ? folder.path : `${folder.path}/${formatCurrentFolder(summary.concurrency, number)}`;
  makeFolder(path);
  const files = nameReportFiles(path);
  const named = { args, concurrency: summary.concurrency, number, folder: path };
  replaceFile(files.args, formatBenchmarkJson(buildCurrentArgs(named)));
  replaceFile(files.summary, formatBenchmarkJson(buildCurrentSummary(summary)));
  replaceFile(files.percentiles, formatBenchmarkJson(buildCurrentPercentiles(run, summary)));
  if (files.database !== folder.database) linkOrCopy(folder.database, files.database);
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
