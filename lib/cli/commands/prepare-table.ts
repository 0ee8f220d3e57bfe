import { closeSync, openSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { FlagRow } from '../../config/parameter.ts';
import { text } from '../../config/scalar-types.ts';
import type { Prompt } from '../../dataset/prompt.ts';
import { readConversation } from '../../dataset/read-conversation.ts';
import { CANNOT_BE_READ, encodingOf, whyUnreadable } from '../../shared/decode-text.ts';
import { ConfigError, type Problem } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format-count.ts';
import { isObject, type JsonObject, parseJson } from '../../shared/json.ts';
import { codeOf } from '../../shared/node-files.ts';
import { quoteForShell } from '../../shared/quote-for-shell.ts';
import { showPath } from '../../shared/show-word.ts';
import type { ProcessLike } from '../command.ts';
import { CommandError } from '../support/output.ts';
import { writePrepared } from '../support/write-prepared.ts';
import { readCsvRows } from './read-csv-rows.ts';

/** What `prepare` knows of tables: exports of Hugging Face, and others like them. */
export const TABLE_FLAGS = {
  promptColumn: {
    type: text('the name of a column'),
    example: ['question'],
    help: 'The column of a Parquet or CSV file that holds the prompts, as text or as lists of messages; guessed when left out.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;

/** Names that such columns have, the likeliest first. */
const USUAL = [
  'messages',
  'conversations',
  'conversation',
  'prompt',
  'question',
  'instruction',
  'query',
  'input',
  'text',
];
/** Columns that go along. */
const BESIDE = ['system', 'max_tokens'];

/** A table, read piece by piece: a row group of Parquet, a row of CSV. */
interface Table {
  readonly columns: readonly string[];
  /** A text in place of a row says why it is none. */
  rows(columns: readonly string[]): AsyncIterable<JsonObject | string>;
}

const CSV = /\.csv(?:\.gz)?$/i;
/** At most so many wrong rows are listed. */
const MOST_PROBLEMS = 10;

/** Whether `prepare` reads a file as a table: Parquet, and CSV unless it has the column `prompt` and no other is asked for. */
export async function isTable(path: string, promptColumn: string | null, encoding: string | null): Promise<boolean> {
  if (/\.parquet$/i.test(path)) return true;
  if (!CSV.test(path) || promptColumn !== null) return CSV.test(path);
  const { columns } = await openTable(path, encoding);
  return !columns.some((name) => name.toLowerCase() === 'prompt');
}

interface TableOptions {
  readonly promptColumn: string | null;
  /** Of CSV; null: as the file says. */
  readonly encoding: string | null;
  readonly tokenizer: string;
  readonly count: (prompt: Prompt) => number;
}

/**
 * Turns a Parquet or CSV file into JSON lines: texts into prompts with their tokens counted, lists of messages into conversations.
 * Rows without either are left out, and counted.
 */
export async function prepareTable(path: string, options: TableOptions, { stdout }: ProcessLike): Promise<number> {
  const table = await openTable(path, options.encoding);
  const column = chooseColumn(path, table.columns, options.promptColumn);
  const plain = basename(path).replace(/\.(?:parquet|csv(?:\.gz)?)$/i, '');
  const [ofPrompts, ofConversations] = [`${plain}.${options.tokenizer}.jsonl`, `${plain}.conversations.jsonl`];
  const said = await writePrepared('dataset', [ofConversations, ofPrompts], async (draft) => {
    const { prompts, conversations, tokens, left } = await writeRows(draft, path, table, column, options);
    const target = prompts > 0 ? ofPrompts : ofConversations;
    const what =
      prompts > 0
        ? `${formatCount(prompts, 'prompt')}, ${formatCount(tokens, 'token')} (${options.tokenizer})`
        : formatCount(conversations, 'conversation');
    const without = left === 0 ? '' : `; ${formatCount(left, 'row')} without a text left out`;
    const dataset = prompts > 0 ? 'custom' : 'multi-turn';
    return {
      target,
      said: `${what}, written to ${target}${without}\n  use: --dataset ${dataset} --dataset-path ${target}\n`,
    };
  });
  stdout.write(said);
  return 0;
}

/** @throws {ConfigError} for rows that are wrong, and where none or two kinds of them are right */
async function writeRows(draft: string, path: string, table: Table, column: string, { count }: TableOptions) {
  const file = openSync(draft, 'wx');
  let [prompts, conversations, tokens, left, number] = [0, 0, 0, 0, 0];
  const problems: Problem[] = [];
  try {
    const beside = BESIDE.filter((name) => name !== column && table.columns.includes(name));
    for await (const row of readable(path, table.rows([column, ...beside]))) {
      number += 1;
      const read = typeof row === 'string' ? row : readRow(withoutNulls(row) as JsonObject, column);
      if (typeof read === 'string') {
        problems.push(refuseRow(path, number, read));
        if (problems.length === MOST_PROBLEMS) break;
        continue;
      }
      if (read === null) left += 1;
      else if ('messages' in read) conversations += 1;
      else prompts += 1;
      if (read === null || problems.length > 0) continue;
      const counted = 'messages' in read ? null : count({ messages: [{ role: 'user', content: read.prompt }] });
      tokens += counted ?? 0;
      writeFileSync(file, `${JSON.stringify(counted === null ? read : { ...read, input_tokens: counted })}\n`);
    }
  } finally {
    closeSync(file);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const why = number === 0 ? 'of a table without rows' : 'without a text or messages';
  if (prompts + conversations === 0) throw refuseColumn(path, table.columns, column, why);
  if (prompts > 0 && conversations > 0) throw refuseColumn(path, table.columns, column, 'of texts and of messages');
  return { prompts, conversations, tokens, left };
}

type Line = { readonly prompt: string } | { readonly messages: unknown };

/** null for a row without a prompt; a text says what is wrong with one. */
function readRow(row: JsonObject, column: string): Line | null | string {
  const { system, max_tokens } = row;
  if (system !== undefined && typeof system !== 'string') return 'a "system" that is not text';
  const limit = max_tokens === undefined || max_tokens === '' ? null : Number(max_tokens);
  // A column of whole numbers in which some are missing is one of fractions in pandas, which has NaN there.
  const hasLimit = limit !== null && !(typeof max_tokens === 'number' && Number.isNaN(limit));
  if (hasLimit && !(Number.isSafeInteger(limit) && limit >= 1)) return '"max_tokens" that is not a whole number from 1';
  const limits = hasLimit ? { max_tokens: limit } : {};
  const cell = row[column];
  const parsed = typeof cell === 'string' && /^\s*\[/.test(cell) ? parseJson(cell) : undefined;
  if (parsed === undefined && /^\s*\[\s*\{\s*'/.test(String(cell)))
    return 'messages as Python writes them, which are no JSON: write the column with json.dumps, or the table as Parquet';
  // A list of anything else is a text that happens to be JSON.
  const value = Array.isArray(parsed) && parsed.length > 0 && parsed.every(isObject) ? parsed : cell;
  if (typeof value === 'string')
    return value.trim() === '' ? null : { ...(system ? { system } : {}), ...limits, prompt: value };
  if (!Array.isArray(value)) return null;
  const isOfSystem = (message: unknown): boolean =>
    isObject(message) && (message['role'] === 'system' || message['from'] === 'system');
  const first = system && !value.some(isOfSystem) ? [{ role: 'system', content: system }] : [];
  const messages = [...first, ...value];
  return typeof readConversation({ messages }) === 'string' ? null : { messages, ...limits };
}

/** Parquet has every field in every message, and whole numbers that JSON has no word for. */
function withoutNulls(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value) || value instanceof Date) return value;
  const cells = Object.entries(value).filter(([, cell]) => cell !== null && cell !== undefined);
  return Object.fromEntries(cells.map(([name, cell]) => [name, withoutNulls(cell)]));
}

function refuseRow(path: string, number: number, got: string): Problem {
  return {
    key: `${basename(path)}, row ${number}`,
    got,
    allowed: 'a text or a list of messages, "system" as text, "max_tokens" from 1',
    paste: 'leave the row or its cell out',
  };
}

function chooseColumn(path: string, columns: readonly string[], given: string | null): string {
  const found = given === null ? USUAL.find((name) => columns.includes(name)) : columns.find((name) => name === given);
  if (found !== undefined) return found;
  throw refuseColumn(path, columns, given, 'which is not there');
}

function refuseColumn(path: string, columns: readonly string[], given: string | null, why: string): ConfigError {
  const known = columns.slice(0, 30).map((name) => JSON.stringify(name));
  return new ConfigError([
    {
      key: 'PROMPT_COLUMN (--prompt-column)',
      got: given === null ? 'nothing, and no column with a usual name' : `${JSON.stringify(given)}, ${why}`,
      allowed: `a column of ${showPath(path)}: ${known.join(', ')}`,
      paste: `--prompt-column ${quoteForShell(columns[0] ?? 'prompt')}`,
    },
  ]);
}

async function openTable(path: string, encoding: string | null): Promise<Table> {
  try {
    const table = CSV.test(path) ? await openCsv(path, encoding) : await openParquet(path);
    if (table.columns.length === 0) throw new Error('it is empty');
    return table;
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** The rows of a table that may prove to be damaged after its beginning. */
async function* readable(path: string, rows: ReturnType<Table['rows']>): ReturnType<Table['rows']> {
  try {
    yield* rows;
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): CommandError {
  const why = whyUnreadable(error) === CANNOT_BE_READ ? (error as Error).message.split('\n')[0] : whyUnreadable(error);
  const encoding = encodingOf(error);
  const paste = encoding === null ? 'train.parquet --prompt-column question' : `export.csv --encoding ${encoding}`;
  return new CommandError(
    `the table cannot be read: ${showPath(path)} (${codeOf(error) ?? why})\n  try: k6-llm-perf prepare ${paste}`,
  );
}

/** Its readers are loaded with the first such file: every other command would wait for them. */
async function openParquet(path: string): Promise<Table> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] =
    await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  const file = await asyncBufferFromFile(path);
  if (file.byteLength === 0) throw new Error('it is empty');
  const metadata = await parquetMetadataAsync(file);
  return {
    columns: parquetSchema(metadata).children.map(({ element }) => element.name),
    async *rows(columns) {
      let rowStart = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(num_rows);
        yield* await parquetReadObjects({ file, metadata, columns: [...columns], rowStart, rowEnd, compressors });
        rowStart = rowEnd;
      }
    },
  };
}

async function openCsv(path: string, encoding: string | null): Promise<Table> {
  let columns: readonly string[] = [];
  for await (const cells of readCsvRows(path, encoding)) {
    if (typeof cells === 'string') throw new Error(cells);
    columns = cells.map((name) => name.trim());
    break;
  }
  return {
    columns,
    async *rows() {
      let isHeader = true;
      for await (const cells of readCsvRows(path, encoding)) {
        if (isHeader) isHeader = false;
        else if (typeof cells === 'string') yield cells;
        else if (cells.length > columns.length)
          yield `${formatCount(cells.length, 'cell')} under ${formatCount(columns.length, 'column')}`;
        else yield Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
      }
    },
  };
}
