import { formatCell } from '../../evalscope/cell.ts';
import { buildPercentileCells } from '../../evalscope/quick-start.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { renderPrettyTable } from './pretty-table.ts';

/** The second table of evalscope's quick start. */
export function renderPercentileTable(summary: RunSummary, columns?: number): string {
  const rows = summary.percentiles.map((row) => buildPercentileCells(row, summary));
  const table = {
    headers: (rows[0] ?? []).map(([key]) => key),
    rows: rows.map((cells) => cells.map(([, cell]) => formatCell(cell))),
  };
  return renderPrettyTable(table, columns);
}
