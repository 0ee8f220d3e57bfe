import type { RunSummary } from '../../stats/run-summary.ts';
import type { Cell } from '../tables/cell.ts';
import { buildPercentileCells } from '../tables/percentile-table.ts';
import { buildSummaryRows } from '../tables/summary-table.ts';

/** An object of the results files: evalscope's keys, null where evalscope writes -1 or NaN. */
export type JsonRow = Readonly<Record<string, number | string | null>>;

function toObject(rows: readonly (readonly [string, Cell])[]): JsonRow {
  return Object.fromEntries(rows.map(([key, cell]) => [key, cell.value]));
}

/** The content of `benchmark_summary.json`: the rows of the first table, rounded as there. */
export function buildSummaryJson(summary: RunSummary, dbPath: string | null): JsonRow {
  return toObject(buildSummaryRows(summary, dbPath));
}

/** The content of `benchmark_percentile.json`: a list of the rows of the second table. */
export function buildPercentileJson(summary: RunSummary): JsonRow[] {
  return summary.percentiles.map((row) => toObject(buildPercentileCells(row)));
}

/** JSON as evalscope writes it: indented by four, other scripts as they are. */
export function formatBenchmarkJson(value: unknown): string {
  return JSON.stringify(value, null, 4);
}
