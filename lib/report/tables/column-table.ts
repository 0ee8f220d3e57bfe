import { displayWidth } from '../../shared/display-width.ts';
import { toSeconds } from '../../shared/units.ts';
import { renderRow, ruleLine, toTheRight } from './grid-table.ts';

/** A column of a table whose rows are points of a load. */
export interface Column<Row> {
  /** Two lines of a header; the second one has the unit. */
  readonly header: readonly [string, string];
  readonly cell: (row: Row) => string;
}

/** A table as Markdown and the HTML page have it. */
export interface PageTable {
  readonly title: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What belongs below it. */
  readonly line?: string;
}

/**
 * A table with two lines of a header; everything to the right.
 *
 * @param columns of the terminal; a table that is wider becomes several, each with the first column in front
 * @returns lines joined by `\n`, without a last one
 */
export function renderColumnTable<Row>(
  table: readonly Column<Row>[],
  rows: readonly Row[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const [first = [], ...others] = table.map(({ header, cell }) => [...header, ...rows.map(cell)]);
  const tables: string[][][] = [];
  for (const column of others) {
    const last = tables.at(-1);
    if (last !== undefined && ruleLine([...last, column].map(widest), '-').length <= columns) last.push(column);
    else tables.push([first, column]);
  }
  return tables.map(renderColumns).join('\n');
}

/** The headings, in one line each, and the cells of a table that is drawn elsewhere. */
export function listCells<Row>(
  table: readonly Column<Row>[],
  rows: readonly Row[],
): Pick<PageTable, 'headers' | 'rows'> {
  return {
    headers: table.map(({ header }) => header.join(' ').trim()),
    rows: rows.map((row) => table.map(({ cell }) => cell(row))),
  };
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

/** With all its decimals, so that the points of a column are aligned. */
export function fixed(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}

export function seconds(milliseconds: number | null): string {
  return fixed(toSeconds(milliseconds), 3);
}

/** 99.97 % is not 100 %, so a share below one never rounds up to it. */
export function percent(ratio: number | null): string {
  if (ratio === null) return '–';
  return `${fixed(ratio < 1 ? Math.min(ratio * 100, 99.9) : 100, 1)}%`;
}
