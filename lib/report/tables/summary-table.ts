import { formatCell } from '../../evalscope/cell.ts';
import { buildSummaryCells } from '../../evalscope/quick-start.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { renderGridTable } from './grid-table.ts';

/** The first table of evalscope's quick start. */
export function renderSummaryTable(summary: RunSummary, dbPath: string | null, columns?: number): string {
  const rows = buildSummaryCells(summary, dbPath).map(([key, cell]) => [key, formatCell(cell)]);
  return renderGridTable({ headers: ['Key', 'Value'], rows }, columns);
}
