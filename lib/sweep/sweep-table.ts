import { displayWidth } from '../report/tables/display-width.ts';
import { ruleLine } from '../report/tables/grid-table.ts';
import { percentileOf, successRatio, tokensPerUser } from '../stats/run-summary.ts';
import type { SweepPoint } from './sweep-point.ts';

interface Column {
  /** Two lines of a header; the second one has the unit. */
  readonly header: readonly [string, string];
  readonly cell: (point: SweepPoint) => string;
}

const COLUMNS: readonly Column[] = [
  { header: ['Concurrency', ''], cell: ({ parallel }) => String(parallel) },
  { header: ['Requests', ''], cell: ({ summary }) => String(summary.total_requests) },
  { header: ['QPS', ''], cell: ({ summary }) => fixed(summary.requests_per_s, 3) },
  { header: ['Output', 'tok/s'], cell: ({ summary }) => fixed(summary.output_tokens_per_s, 1) },
  { header: ['Per user', 'tok/s'], cell: ({ summary }) => fixed(tokensPerUser(summary), 1) },
  { header: ['TTFT', 'mean ms'], cell: ({ summary }) => fixed(summary.ttft_avg_ms, 1) },
  { header: ['TTFT', 'p50 ms'], cell: ({ summary }) => fixed(percentileOf(summary, 50, 'ttft_ms'), 1) },
  { header: ['TTFT', 'p99 ms'], cell: ({ summary }) => fixed(percentileOf(summary, 99, 'ttft_ms'), 1) },
  { header: ['TPOT', 'mean ms'], cell: ({ summary }) => fixed(summary.tpot_avg_ms, 2) },
  { header: ['TPOT', 'p99 ms'], cell: ({ summary }) => fixed(percentileOf(summary, 99, 'tpot_ms'), 2) },
  { header: ['Latency', 'mean s'], cell: ({ summary }) => seconds(summary.latency_avg_ms) },
  { header: ['Latency', 'p99 s'], cell: ({ summary }) => seconds(percentileOf(summary, 99, 'latency_ms')) },
  { header: ['Success', ''], cell: ({ summary }) => percent(successRatio(summary)) },
];

/**
 * The points of a sweep as a table, in the order they were measured; numbers to the right, no value as in the other tables.
 *
 * @returns lines joined by `\n`, without a last one
 */
export function renderSweepTable(points: readonly SweepPoint[]): string {
  const rows = points.map((point) => COLUMNS.map(({ cell }) => cell(point)));
  const headers = ([0, 1] as const).map((line) => COLUMNS.map(({ header }) => header[line]));
  const lines = [...headers, ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((cells) => displayWidth(cells[column] as string))));
  const rule = ruleLine(widths, '-');
  const toLine = (cells: readonly string[]): string =>
    `|${cells.map((cell, i) => ` ${' '.repeat((widths[i] as number) - displayWidth(cell))}${cell} `).join('|')}|`;
  return [rule, ...headers.map(toLine), rule, ...rows.map(toLine), rule].join('\n');
}

/** With all its decimals, so that the points of a column stand under each other. */
function fixed(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}

function seconds(milliseconds: number | null): string {
  return fixed(milliseconds === null ? null : milliseconds / 1000, 3);
}

/** 99.97 % is not 100 %, so a share below one never rounds up to it. */
function percent(ratio: number | null): string {
  if (ratio === null) return '–';
  return `${fixed(ratio < 1 ? Math.min(ratio * 100, 99.9) : 100, 1)}%`;
}
