import { toSeconds } from '../../shared/units.ts';
import type { PercentileRow, RunSummary } from '../../stats/run-summary.ts';
import { type Cell, countCell, floatCell, formatCell, textCell } from './cell.ts';
import { renderPrettyTable } from './pretty-table.ts';

/** One row of evalscope's "Percentile results", with its keys: four decimals, tokens as whole numbers. */
export function buildPercentileCells(row: PercentileRow): (readonly [string, Cell])[] {
  return [
    ['Percentile', textCell(`${row.percentile}%`)],
    ['TTFT (s)', floatCell(toSeconds(row.ttft_ms), 4)],
    ['TPOT (s)', floatCell(toSeconds(row.tpot_ms), 4)],
    ['Latency (s)', floatCell(toSeconds(row.latency_ms), 4)],
    ['Input tokens', countCell(row.input_tokens)],
    ['Output tokens', countCell(row.output_tokens)],
    ['Throughput(tokens/s)', floatCell(row.output_tokens_per_s, 4)],
  ];
}

/** evalscope's second table. */
export function renderPercentileTable(summary: RunSummary, columns?: number): string {
  const rows = summary.percentiles.map(buildPercentileCells);
  const table = {
    headers: (rows[0] ?? []).map(([key]) => key),
    rows: rows.map((cells) => cells.map(([, cell]) => formatCell(cell))),
  };
  return renderPrettyTable(table, columns);
}
