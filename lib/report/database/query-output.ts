import { displayWidth } from '../../shared/display-width.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { NO_VALUE } from '../../shared/format-digits.ts';
import { ruleLine } from '../tables/grid-table.ts';

/** A value as SQLite gives it. */
export type QueryValue = number | bigint | string | Uint8Array | null;

/** A result of a query; rows come one at a time. */
export interface QueryResult {
  /** Each name once, in order; there also without a row. */
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly QueryValue[]>;
}

export const QUERY_FORMATS = ['table', 'csv', 'json'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

/** A table is for people: more rows, and longer cells, than fit a look are for the other formats. */
const SHOWN_ROWS = 1000;
const SHOWN_CHARACTERS = 60;

/**
 * Formats a result, piece by piece, so that memory does not grow with its rows. The pieces joined end in a line feed.
 *
 * The database holds texts of a service, so nothing unprintable may reach a terminal: a table and JSON, whose `\u001b`
 * means the same character, escape it always, CSV on a terminal.
 *
 * @param columns of the terminal: a table that is wider becomes several, each with the first column in front; absent: none
 */
export function formatQuery(result: QueryResult, format: QueryFormat, columns?: number): Iterable<string> {
  switch (format) {
    case 'table':
      return formatTable(result, columns);
    case 'csv':
      return formatCsv(result, columns !== undefined);
    case 'json':
      return formatJson(result);
    default:
      return format satisfies never;
  }
}

function* formatTable({ columns, rows }: QueryResult, room = Number.POSITIVE_INFINITY): Iterable<string> {
  const cells: string[][] = [];
  // Two texts, with a blank on either side and three lines, or one.
  const most = Math.min(SHOWN_CHARACTERS, columns.length === 1 ? room - 4 : Math.floor((room - 7) / 2));
  const isNumber = columns.map(() => true);
  let more = false;
  for (const row of rows) {
    more = cells.length === SHOWN_ROWS;
    if (more) break;
    for (const [i, value] of row.entries()) if (!isNumeric(value)) isNumber[i] = false;
    cells.push(row.map((value) => (isNumeric(value) ? showValue(value) : shorten(showValue(value), most))));
  }
  const headers = columns.map((name) => shorten(escapeText(name), most));
  const widths = headers.map((header, i) =>
    [header, ...cells.map((row) => row[i] as string)].reduce((width, cell) => Math.max(width, displayWidth(cell)), 0),
  );
  for (const shown of splitColumns(widths, room)) {
    const rule = ruleLine(
      shown.map((i) => widths[i] as number),
      '-',
    );
    const toLine = (row: readonly string[]): string => {
      const padded = shown.map((i) => {
        const cell = row[i] as string;
        const blanks = ' '.repeat((widths[i] as number) - displayWidth(cell));
        return isNumber[i] ? `${blanks}${cell}` : `${cell}${blanks}`;
      });
      return `| ${padded.join(' | ')} |`;
    };
    yield `${[rule, toLine(headers), rule].join('\n')}\n`;
    for (const row of cells) yield `${toLine(row)}\n`;
    yield `${rule}\n`;
  }
  if (more) yield `The first ${SHOWN_ROWS} rows; --format csv and --format json have all of them.\n`;
}

/** The places of the columns of each table. */
function splitColumns(widths: readonly number[], room: number): number[][] {
  const tables: number[][] = [];
  for (let i = 1; i < widths.length; i++) {
    const last = [...(tables.at(-1) ?? []), i].map((place) => widths[place] as number);
    if (tables.length > 0 && ruleLine(last, '-').length <= room) tables.at(-1)?.push(i);
    else tables.push([0, i]);
  }
  return tables.length > 0 ? tables : [[0]];
}

function isNumeric(value: QueryValue): boolean {
  return value === null || typeof value === 'number' || typeof value === 'bigint';
}

/** A number to look at: six decimals, below 1 six digits. The other formats have all of them. */
function showValue(value: QueryValue): string {
  if (value === null) return NO_VALUE;
  if (typeof value === 'number' && Number.isFinite(value) && !Number.isInteger(value))
    return String(Number(Math.abs(value) < 1 ? value.toPrecision(6) : value.toFixed(6)));
  return escapeText(value instanceof Uint8Array ? toHex(value) : String(value));
}

function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

/** RFC 4180 with line feeds; no value is an empty cell, and an empty text is `""`. */
function* formatCsv({ columns, rows }: QueryResult, terminal: boolean): Iterable<string> {
  const clean = (text: string): string => (terminal ? escapeText(text) : text);
  const toCell = (value: QueryValue): string => {
    if (value === null) return '';
    const text = clean(value instanceof Uint8Array ? toHex(value) : String(value));
    return text === '' || /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  yield `${columns.map(toCell).join(',')}\n`;
  for (const row of rows) yield `${row.map(toCell).join(',')}\n`;
}

/** A list of objects, one a line. */
function* formatJson({ columns, rows }: QueryResult): Iterable<string> {
  const keys = columns.map(toJsonText);
  let first = true;
  for (const row of rows) {
    yield `${first ? '[\n' : ',\n'}  {${row.map((value, i) => `${keys[i]}: ${toJson(value)}`).join(', ')}}`;
    first = false;
  }
  yield first ? '[]\n' : '\n]\n';
}

function toJson(value: QueryValue): string {
  if (value instanceof Uint8Array) return `"${toHex(value)}"`;
  if (typeof value === 'string') return toJsonText(value);
  // JSON has no infinity, and all digits of a whole number.
  return typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value);
}

/** What JSON leaves as it is and a terminal would obey becomes `\u` and four digits, which JSON reads back. */
function toJsonText(text: string): string {
  return escapeText(JSON.stringify(text));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
