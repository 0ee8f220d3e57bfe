import Papa from 'papaparse';
import { formatCount } from '../shared/format-count.ts';
import type { JsonObject } from '../shared/json.ts';
import type { PromptFormat, PromptSource } from './dataset.ts';
import { readCustomFields } from './prompt-fields.ts';

/** A file of its own because it brings papaparse along. */
export const CSV_FORMAT: PromptFormat = {
  allowed: 'rows with a text under "prompt"; quotes around a cell that holds a comma, a quote or a line end',
  read: readCsvPrompts,
  formatLine: () => 'a first line "prompt", then "What is a load test?"',
};

/** Columns whose cells are numbers. */
const NUMBER_COLUMNS: readonly string[] = ['max_tokens', 'input_tokens'];

/**
 * The rows of a CSV file with a `prompt` column, and if wanted `system`, `max_tokens`, `input_tokens` (RFC 4180, or
 * with `;` or tabs, as the header has them).
 */
function readCsvPrompts(text: string): PromptSource[] {
  const [header = ''] = text.split(/\r\n|\n|\r/, 1);
  const delimiter = [',', ';', '\t'].find((mark) => header.includes(mark)) ?? ',';
  const { data, errors } = Papa.parse<string[]>(text, { delimiter });
  const broken = new Map(errors.flatMap(({ row, message }) => (row === undefined ? [] : [[row, message] as const])));
  const columns = (data[0] ?? []).map((name) => name.trim().toLowerCase());
  if (!columns.includes('prompt')) {
    return [{ place: ':1', shown: header, result: 'a first row without a column "prompt"' }];
  }
  const sources: PromptSource[] = [];
  let line = 1;
  for (const [index, row] of data.entries()) {
    const place = `:${line}`;
    // papaparse counts rows; a row spans as many lines more as its cells hold line ends.
    line += 1 + row.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
    if (index === 0 || row.every((cell) => cell.trim() === '')) continue;
    const problem = broken.get(index) ?? describeExcess(row, columns);
    sources.push({ place, shown: row.join(delimiter), result: problem ?? readCustomFields(toFields(row, columns)) });
  }
  return sources;
}

function describeExcess(row: readonly string[], columns: readonly string[]): string | undefined {
  return row.length > columns.length ? `${row.length} cells under ${formatCount(columns.length, 'column')}` : undefined;
}

function toFields(row: readonly string[], columns: readonly string[]): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const cell = row[index] ?? '';
    if (cell === '' || column === '') continue;
    // A cell that is not a number stays text, which the fields' reader refuses with its own words.
    const isNumber = NUMBER_COLUMNS.includes(column) && /^\d+$/.test(cell.trim());
    fields[column] = isNumber ? Number(cell) : cell;
  }
  return fields;
}
