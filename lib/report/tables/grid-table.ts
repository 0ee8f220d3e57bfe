import { displayWidth } from './display-width.ts';

/** The cells of a table as they are to be printed; every row has as many as there are headers. */
export interface TableText {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The widest text of each column, where a header counts with `headerPadding` more than it has. */
export function columnWidths({ headers, rows }: TableText, headerPadding: number): number[] {
  return headers.map((header, column) =>
    Math.max(displayWidth(header) + headerPadding, ...rows.map((row) => displayWidth(row[column] as string))),
  );
}

/** A line between rows: `+---+-----+`, as wide as the columns and a blank on either side. */
export function ruleLine(widths: readonly number[], character: '-' | '='): string {
  return `+${widths.map((width) => character.repeat(width + 2)).join('+')}+`;
}

/**
 * Python tabulate's `grid`, for cells that are text: everything to the left, a line after each row, `=` under the header.
 *
 * A column is at least two characters wider than its header (tabulate's `MIN_PADDING`).
 * @returns lines joined by `\n`, without a last one
 */
export function renderGridTable(table: TableText): string {
  const widths = columnWidths(table, 2);
  const line = ruleLine(widths, '-');
  const toLine = (cells: readonly string[]): string =>
    `|${cells.map((cell, i) => ` ${cell}${' '.repeat((widths[i] as number) - displayWidth(cell))} `).join('|')}|`;
  const rows = table.rows.flatMap((row) => [toLine(row), line]);
  return [line, toLine(table.headers), ruleLine(widths, '='), ...rows].join('\n');
}
