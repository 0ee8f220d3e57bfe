import { toSeconds } from '../../shared/units.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { type Cell, countCell, floatCell, formatCell, textCell } from './cell.ts';
import { renderGridTable } from './grid-table.ts';

/**
 * The sixteen rows of evalscope's "Benchmarking summary", in its order, with its keys and its rounding: three decimals,
 * five for the time per output token.
 *
 * @param dbPath where the records lie as SQLite; null when they do not
 */
export function buildSummaryRows(summary: RunSummary, dbPath: string | null): (readonly [string, Cell])[] {
  const seconds = (milliseconds: number | null, digits = 3): Cell => floatCell(toSeconds(milliseconds), digits);
  return [
    ['Time taken for tests (s)', seconds(summary.time_taken_ms)],
    ['Number of concurrency', countCell(summary.concurrency)],
    ['Total requests', countCell(summary.total_requests)],
    ['Succeed requests', countCell(summary.completed_requests)],
    ['Failed requests', countCell(summary.failed_requests)],
    ['Throughput(average tokens/s)', floatCell(summary.output_tokens_per_s, 3)],
    ['Average QPS', floatCell(summary.requests_per_s, 3)],
    ['Average latency (s)', seconds(summary.latency_avg_ms)],
    ['Average time to first token (s)', seconds(summary.ttft_avg_ms)],
    ['Average time per output token (s)', seconds(summary.tpot_avg_ms, 5)],
    ['Average input tokens per request', floatCell(summary.input_tokens_avg, 3)],
    ['Average output tokens per request', floatCell(summary.output_tokens_avg, 3)],
    ['Average package latency (s)', seconds(summary.itl_avg_ms)],
    ['Average package per request', floatCell(summary.chunks_avg, 3)],
    ['Expected number of requests', countCell(summary.expected_requests)],
    ['Result DB path', textCell(dbPath)],
  ];
}

/** evalscope's first table. */
export function renderSummaryTable(summary: RunSummary, dbPath: string | null, columns?: number): string {
  const rows = buildSummaryRows(summary, dbPath).map(([key, cell]) => [key, formatCell(cell)]);
  return renderGridTable({ headers: ['Key', 'Value'], rows }, columns);
}
