import type { PercentileRow, RunSummary } from '../stats/run-summary.ts';
import type { Cell } from './cell.ts';
import { GENERATION, INPUTS_SUMMARY, listCells, QUICK_START_PERCENTILES, QUICK_START_SUMMARY } from './names.ts';

/** An object of the results files: evalscope's keys, null where evalscope writes -1 or NaN. */
export type JsonRow = Readonly<Record<string, number | string | null>>;

/**
 * The sixteen rows of "Benchmarking summary".
 *
 * @param dbPath the records as SQLite; null without them
 */
export function buildSummaryCells(summary: RunSummary, dbPath: string | null): (readonly [string, Cell])[] {
  const numbers = { ...summary, db_path: dbPath };
  if (summary.inputs === null) return listCells(QUICK_START_SUMMARY, numbers);
  const [expected, path] = listCells(QUICK_START_SUMMARY.slice(-2), numbers);
  const rows = listCells(withoutGeneration(QUICK_START_SUMMARY), numbers).slice(0, -2);
  return [...rows, ...listCells(INPUTS_SUMMARY, summary.inputs), expected, path].filter((row) => row !== undefined);
}

/** One row of "Percentile results". */
export function buildPercentileCells(
  row: PercentileRow,
  { inputs }: Pick<RunSummary, 'inputs'>,
): (readonly [string, Cell])[] {
  const names = inputs === null ? QUICK_START_PERCENTILES : withoutGeneration(QUICK_START_PERCENTILES);
  return listCells(names, { ...row, label: `${row.percentile}%` });
}

/** The content of `benchmark_summary.json`: the rows of the first table, rounded as there. */
export function buildSummaryJson(summary: RunSummary, dbPath: string | null): JsonRow {
  return toObject(buildSummaryCells(summary, dbPath));
}

/** The content of `benchmark_percentile.json`: a list of the rows of the second table. */
export function buildPercentileJson(summary: RunSummary): JsonRow[] {
  return summary.percentiles.map((row) => toObject(buildPercentileCells(row, summary)));
}

function withoutGeneration<N extends readonly [string, string, ...unknown[]]>(names: readonly N[]): N[] {
  return names.filter(([, number]) => !GENERATION.includes(number));
}

function toObject(cells: readonly (readonly [string, Cell])[]): JsonRow {
  return Object.fromEntries(cells.map(([key, cell]) => [key, cell.value]));
}

/** JSON as evalscope writes it: indented by four, other scripts as they are. */
export function formatBenchmarkJson(value: unknown): string {
  return JSON.stringify(value, null, 4);
}
