import type { PercentileRow, RunSummary } from '../stats/run-summary.ts';
import type { Cell } from './cell.ts';
import { listCells, QUICK_START_PERCENTILES, QUICK_START_SUMMARY } from './names.ts';

/** An object of the results files: evalscope's keys, null where evalscope writes -1 or NaN. */
export type JsonRow = Readonly<Record<string, number | string | null>>;

/**
 * The sixteen rows of "Benchmarking summary".
 *
 * @param dbPath the records as SQLite; null without them
 */
export function buildSummaryCells(summary: RunSummary, dbPath: string | null): (readonly [string, Cell])[] {
  return listCells(QUICK_START_SUMMARY, { ...summary, db_path: dbPath });
}

/** One row of "Percentile results". */
export function buildPercentileCells(row: PercentileRow): (readonly [string, Cell])[] {
  return listCells(QUICK_START_PERCENTILES, { ...row, label: `${row.percentile}%` });
}

/** The content of `benchmark_summary.json`: the rows of the first table, rounded as there. */
export function buildSummaryJson(summary: RunSummary, dbPath: string | null): JsonRow {
  return toObject(buildSummaryCells(summary, dbPath));
}

/** The content of `benchmark_percentile.json`: a list of the rows of the second table. */
export function buildPercentileJson(summary: RunSummary): JsonRow[] {
  return summary.percentiles.map((row) => toObject(buildPercentileCells(row)));
}

function toObject(cells: readonly (readonly [string, Cell])[]): JsonRow {
  return Object.fromEntries(cells.map(([key, cell]) => [key, cell.value]));
}

/** JSON as evalscope writes it: indented by four, other scripts as they are. */
export function formatBenchmarkJson(value: unknown): string {
  return JSON.stringify(value, null, 4);
}
