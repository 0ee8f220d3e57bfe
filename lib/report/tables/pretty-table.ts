import { displayWidth } from '../../shared/display-width.ts';
import { fitTable, renderRow, ruleLine, type TableText } from './grid-table.ts';

/** Centred in `width` columns; an odd blank goes to the right, as in Python's `'{:^8}'`. */
function centre(text: string, width: number): string {
  const blanks = width - displayWidth(text);
  const left = Math.floor(blanks / 2);
  return `${' '.repeat(left)}${text}${' '.repeat(blanks - left)}`;
}

/**
 * Python tabulate's `pretty`: everything centred, lines only around and under the header.
 *
 * @param columns of the terminal; a table that is wider gets narrower columns, whose cells go on in further lines
 * @returns lines joined by `\n`, without a last one
 */
export function renderPrettyTable(table: TableText, columns = Number.POSITIVE_INFINITY): string {
  const widths = fitTable(table, 0, columns);
  const line = ruleLine(widths, '-');
  const toLines = (cells: readonly string[]): string[] => renderRow(cells, widths, centre);
  return [line, ...toLines(table.headers), line, ...table.rows.flatMap(toLines), line].join('\n');
}
