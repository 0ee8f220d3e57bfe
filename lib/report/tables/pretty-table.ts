import { displayWidth } from './display-width.ts';
import { columnWidths, ruleLine, type TableText } from './grid-table.ts';

/** Centred in `width` columns; an odd blank goes to the right, as in Python's `'{:^8}'`. */
function centre(text: string, width: number): string {
  const blanks = width - displayWidth(text);
  const left = Math.floor(blanks / 2);
  return `${' '.repeat(left)}${text}${' '.repeat(blanks - left)}`;
}

/**
 * Python tabulate's `pretty`: everything centred, lines only around and under the header.
 *
 * @returns lines joined by `\n`, without a last one
 */
export function renderPrettyTable(table: TableText): string {
  const widths = columnWidths(table, 0);
  const line = ruleLine(widths, '-');
  const toLine = (cells: readonly string[]): string =>
    `|${cells.map((cell, i) => ` ${centre(cell, widths[i] as number)} `).join('|')}|`;
  return [line, toLine(table.headers), line, ...table.rows.map(toLine), line].join('\n');
}
