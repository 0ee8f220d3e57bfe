import { displayWidth } from '../report/tables/display-width.ts';
import { renderRow, ruleLine, toTheRight } from '../report/tables/grid-table.ts';
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
 * @param columns of the terminal; a table that is wider becomes several, each with the concurrency in front
 * @returns lines joined by `\n`, without a last one
 */
export function renderSweepTable(points: readonly SweepPoint[], columns = Number.POSITIVE_INFINITY): string {
  const [first = [], ...others] = COLUMNS.map(({ header, cell }) => [...header, ...points.map(cell)]);
  const tables: string[][][] = [];
  for (const column of others) {
    const last = tables.at(-1);
    if (last !== undefined && ruleLine([...last, column].map(widest), '-').length <= columns) last.push(column);
    else tables.push([first, column]);
  }
  return tables.map(renderColumns).join('\n');
}

/** A table by its columns, each with two lines of a header and a cell a point. */
function renderColumns(table: readonly (readonly string[])[]): string {
  const widths = table.map(widest);
  const lines = (table[0] ?? []).flatMap((_, line) =>
    renderRow(
      table.map((column) => column[line] as string),
      widths,
      toTheRight,
    ),
  );
  const rule = ruleLine(widths, '-');
  return [rule, ...lines.slice(0, 2), rule, ...lines.slice(2), rule].join('\n');
}

function widest(column: readonly string[]): number {
  return Math.max(...column.map(displayWidth));
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
