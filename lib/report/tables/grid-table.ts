import { displayWidth } from '../../shared/display-width.ts';
import { fitWidths, wrapCell } from './fit-columns.ts';

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

/** The same, as narrow as a terminal of `columns` asks for. */
export function fitTable(table: TableText, headerPadding: number, columns: number): number[] {
  const widths = columnWidths(table, headerPadding);
  if (columns === Number.POSITIVE_INFINITY) return widths;
  const cells = table.headers.map((header, i) => [header, ...table.rows.map((row) => row[i] as string)]);
  return fitWidths(widths, cells, columns);
}

/** A line between rows: `+---+-----+`, as wide as the columns and a blank on either side. */
export function ruleLine(widths: readonly number[], character: '-' | '='): string {
  return `+${widths.map((width) => character.repeat(width + 2)).join('+')}+`;
}

/** How a cell's text is aligned in its column. */
type Align = (text: string, width: number) => string;

const toTheLeft: Align = (text, width) => `${text}${' '.repeat(width - displayWidth(text))}`;
export const toTheRight: Align = (text, width) => `${' '.repeat(width - displayWidth(text))}${text}`;

/** One row of a table, in as many lines as its longest cell takes. */
export function renderRow(cells: readonly string[], widths: readonly number[], align: Align): string[] {
  const wrapped = cells.map((cell, i) => wrapCell(cell, widths[i] as number));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = wrapped.map((lines, i) => ` ${align(lines[line] ?? '', widths[i] as number)} `);
    return `|${parts.join('|')}|`;
  });
}

/** How many columns of a terminal such a table takes. */
export function gridWidth(table: TableText): number {
  return ruleLine(columnWidths(table, 2), '-').length;
}

/**
 * Python tabulate's `grid`, for cells that are text: everything to the left, a line after each row, `=` under the header.
 *
 * A column is at least two characters wider than its header (tabulate's `MIN_PADDING`).
 * @param columns of the terminal; a table that is wider gets narrower columns, whose cells go on in further lines
 * @returns lines joined by `\n`, without a last one
 */
export function renderGridTable(table: TableText, columns = Number.POSITIVE_INFINITY): string {
  const widths = fitTable(table, 2, columns);
  const line = ruleLine(widths, '-');
  const rows = table.rows.flatMap((row) => [...renderRow(row, widths, toTheLeft), line]);
  return [line, ...renderRow(table.headers, widths, toTheLeft), ruleLine(widths, '='), ...rows].join('\n');
}
