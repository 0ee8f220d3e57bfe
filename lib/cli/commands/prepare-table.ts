import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import Papa from 'papaparse';
import type { FlagRow } from '../../config/parameter.ts';
import { text } from '../../config/scalar-types.ts';
import type { Prompt } from '../../dataset/prompt.ts';
import { readConversation } from '../../dataset/read-conversation.ts';
import { ConfigError } from '../../shared/errors.ts';
import { type JsonObject, parseJson } from '../../shared/json.ts';
import { showPath } from '../../shared/show-word.ts';
import type { ProcessLike } from '../command.ts';
import { CommandError } from '../support/output.ts';

/** What `prepare` knows of tables: exports of Hugging Face, and others like them. */
export const TABLE_FLAGS = {
  promptColumn: {
    flag: 'prompt-column',
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
  rows(columns: readonly string[]): AsyncIterable<JsonObject>;
}

/** Whether `prepare` reads a file as a table. */
export function isTable(path: string, promptColumn: string | null): boolean {
  return /\.parquet$/i.test(path) || (/\.csv$/i.test(path) && promptColumn !== null);
}

interface TableOptions {
  readonly promptColumn: string | null;
  readonly tokenizer: string;
  readonly count: (prompt: Prompt) => number;
}

/**
 * Turns a Parquet or CSV file into JSON lines: texts into prompts with their tokens counted, lists of messages into conversations.
 * Rows without either are left out, and counted.
 */
export async function prepareTable(path: string, options: TableOptions, { stdout }: ProcessLike): Promise<number> {
  const table = await openTable(path);
  const column = chooseColumn(path, table.columns, options.promptColumn);
  const draft = `${basename(path)}.${randomUUID()}.new`;
  const file = openSync(draft, 'wx');
  let [prompts, conversations, tokens, left] = [0, 0, 0, 0];
  try {
    for await (const row of table.rows([column, ...BESIDE.filter((name) => table.columns.includes(name))])) {
      const read = readRow(row, column);
      if (read === null) left += 1;
      else if ('messages' in read) conversations += 1;
      else prompts += 1;
      if (read === null) continue;
      const counted = 'messages' in read ? null : options.count({ messages: [{ role: 'user', content: read.prompt }] });
      tokens += counted ?? 0;
      writeFileSync(file, `${JSON.stringify(counted === null ? read : { ...read, input_tokens: counted })}\n`);
    }
    if (prompts + conversations === 0) throw refuseColumn(path, table.columns, column, 'without a text or messages');
    if (prompts > 0 && conversations > 0) throw refuseColumn(path, table.columns, column, 'of texts and of messages');
    const of = prompts > 0 ? options.tokenizer : 'conversations';
    const target = `${basename(path, extname(path))}.${of}.jsonl`;
    renameSync(draft, target);
    const what = prompts > 0 ? `${prompts} prompts, ${tokens} tokens (${of})` : `${conversations} conversations`;
    const without = left === 0 ? '' : `; ${left} ${left === 1 ? 'row' : 'rows'} without a text left out`;
    const dataset = prompts > 0 ? 'custom' : 'multi-turn';
    stdout.write(`${what}, written to ${target}${without}\n  use: --dataset ${dataset} --dataset-path ${target}\n`);
    return 0;
  } finally {
    closeSync(file);
    rmSync(draft, { force: true });
  }
}

type Line = { readonly prompt: string } | { readonly messages: unknown };

/** null for a row without a prompt. */
function readRow(row: JsonObject, column: string): Line | null {
  const beside = Object.fromEntries(
    BESIDE.flatMap((name) => (row[name] == null || row[name] === '' ? [] : [[name, toCell(name, row[name])]])),
  );
  const cell = row[column];
  const value = typeof cell === 'string' && /^\s*\[/.test(cell) ? (parseJson(cell) ?? cell) : cell;
  if (typeof value === 'string') return value.trim() === '' ? null : { ...beside, prompt: value };
  if (!Array.isArray(value)) return null;
  const messages = value.map(withoutNulls);
  return typeof readConversation({ messages }) === 'string' ? null : { messages };
}

function toCell(name: string, value: unknown): unknown {
  return name === 'max_tokens' ? Number(value) : value;
}

/** Parquet has every field in every message. */
function withoutNulls(value: unknown): unknown {
  return typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(Object.entries(value).filter(([, cell]) => cell !== null && cell !== undefined));
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
      paste: `--prompt-column ${columns[0] ?? 'prompt'}`,
    },
  ]);
}

async function openTable(path: string): Promise<Table> {
  try {
    return /\.csv$/i.test(path) ? await openCsv(path) : await openParquet(path);
  } catch (error) {
    throw new CommandError(
      `the table cannot be read: ${showPath(path)} (${(error as Error).message.split('\n')[0]})\n  try: k6-llm-perf prepare train.parquet --prompt-column question`,
    );
  }
}

async function openParquet(path: string): Promise<Table> {
  const file = await asyncBufferFromFile(path);
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

async function openCsv(path: string): Promise<Table> {
  const open = (): AsyncIterable<string[]> =>
    createReadStream(path).pipe(Papa.parse(Papa.NODE_STREAM_INPUT, { skipEmptyLines: true }));
  let columns: readonly string[] = [];
  for await (const row of open()) {
    columns = row.map((name) => name.replace(/^\uFEFF/, '').trim());
    break;
  }
  return {
    columns,
    async *rows() {
      let isHeader = true;
      for await (const cells of open()) {
        if (!isHeader) yield Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
        isHeader = false;
      }
    },
  };
}
