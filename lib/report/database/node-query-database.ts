import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { readAt } from '../../shared/node-files.ts';
import { showPath } from '../../shared/show-word.ts';
import type { QueryResult, QueryValue } from './query-output.ts';

/** Name of the view that a query becomes. */
const VIEW = '__query__';
const READING = ['SELECT', 'WITH', 'VALUES'];

/** A query that is refused, in words for a person. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/**
 * Runs one reading query on a SQLite file and hands over its result while the file is open.
 *
 * The file is opened read-only. That alone would not do: `VACUUM INTO` writes another file from a database that nobody may
 * write. So the query becomes a temporary view, which SQLite takes from a SELECT only; its columns are known then without
 * a row, and of two columns of one name each gets its own.
 * @throws {QueryError} for a file that is not a database, for anything that writes, and with SQLite's words for the rest
 */
export function queryDatabase<Result>(path: string, sql: string, use: (result: QueryResult) => Result): Result {
  const query = takeStatement(sql);
  const [keyword = ''] = /[A-Za-z]+/.exec(blankOut(query)) ?? [];
  if (!READING.includes(keyword.toUpperCase())) throw new QueryError(describeRefusal(keyword));
  const database = openReadOnly(path);
  try {
    database.exec('PRAGMA temp_store = MEMORY');
    // The line feed ends a comment at the end of the query.
    const view = database.prepare(`CREATE TEMP VIEW ${VIEW} AS SELECT * FROM (${query}\n)`);
    view.run();
    view.finalize();
    const columns = database.all(`SELECT name FROM pragma_table_info('${VIEW}')`).map(({ name }) => String(name));
    const statement = database.prepare(`SELECT * FROM ${VIEW}`);
    try {
      return use({ columns, rows: readRows(statement.iterate(), columns) });
    } finally {
      statement.finalize();
    }
  } catch (error) {
    throw error instanceof sqlite.SQLite3Error ? new QueryError(describeError(error.message, database)) : error;
  } finally {
    database.close();
  }
}

type Database = InstanceType<typeof sqlite.Database>;

/**
 * Opens a file without a lock: a finished database changes no more, and one is in the way wherever others read too, the
 * folder may not be written, or a command was killed.
 *
 * The library locks by making a folder beside the path that it opens. So it opens a link in a folder of ours, takes its lock
 * once and for all, and then link, lock and folder go.
 * @throws {QueryError} with what the file is, where it is not a database
 */
function openReadOnly(path: string): Database {
  checkIsDatabase(path);
  const folder = makeLinks(path);
  try {
    const database = new sqlite.Database(folder === null ? path : join(folder, LINK), {
      readOnly: true,
      fileMustExist: true,
    });
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE');
      database.all('SELECT name FROM sqlite_master LIMIT 1');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw new QueryError(`${showPath(path)} cannot be read: ${(error as Error).message}`);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

const LINK = 'database';
/** Where other programs keep what is not in the database yet. */
const COMPANIONS = ['-journal', '-wal'];

/** @returns null where there are no links, or no place for them: the file itself is opened, and locked */
function makeLinks(path: string): string | null {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'k6-llm-perf-query-'));
    for (const ending of ['', ...COMPANIONS]) {
      if (existsSync(`${path}${ending}`)) symlinkSync(resolve(`${path}${ending}`), join(folder, `${LINK}${ending}`));
    }
    return folder;
  } catch {
    return null;
  }
}

/** How every SQLite file begins. */
const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;

/** @throws {QueryError} */
function checkIsDatabase(path: string): void {
  const name = showPath(path);
  let header: Buffer;
  let size: number;
  try {
    const file = statSync(path);
    if (!file.isFile()) throw new QueryError(`${name} is not a file`);
    size = file.size;
    header = readAt(path, HEADER_BYTES, 0);
  } catch (error) {
    throw error instanceof QueryError ? error : new QueryError(`${name} cannot be read: ${(error as Error).message}`);
  }
  if (size === 0) throw new QueryError(`${name} is empty`);
  if (size < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new QueryError(`${name} is not a SQLite database`);
  }
  // What is missing at the end would be read as rows that are not there.
  const whole = sizeInHeader(header);
  if (whole !== null && size < whole) throw new QueryError(`${name} is cut short: ${size} of ${whole} bytes are there`);
}

/** Pages times their size, where the header vouches for it (https://www.sqlite.org/fileformat.html, 1.3.7). */
function sizeInHeader(header: Buffer): number | null {
  const isKept = header.readUInt32BE(24) === header.readUInt32BE(92);
  const pageSize = header.readUInt16BE(16);
  return isKept ? header.readUInt32BE(28) * (pageSize === 1 ? 65_536 : pageSize) : null;
}

function* readRows(rows: Iterable<object>, columns: readonly string[]): Iterable<readonly QueryValue[]> {
  for (const row of rows) yield columns.map((name) => (row as Record<string, QueryValue>)[name] ?? null);
}

/** The one statement of a text, without its semicolon. @throws {QueryError} when something follows it */
function takeStatement(sql: string): string {
  const end = blankOut(sql).indexOf(';');
  if (end < 0) return sql;
  if (/[^\s;]/.test(blankOut(sql).slice(end)))
    throw new QueryError('one statement at a time: there is a ; within the query');
  return sql.slice(0, end);
}

/** The same text with blanks in the place of quoted texts, names and comments. */
function blankOut(sql: string): string {
  const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;
  return sql.replace(quoted, (part) => ' '.repeat(part.length));
}

function describeRefusal(keyword: string): string {
  const got = keyword === '' ? 'no statement' : keyword.toUpperCase();
  return `a query only reads: got ${got}, allowed is one ${READING.join(', ')}; the database is opened read-only`;
}

function describeError(message: string, database: Database): string {
  if (/near "(insert|update|delete|replace)"/i.test(message)) return describeRefusal('a WITH that writes');
  if (/no such table/.test(message)) return `${message}; there are ${listNames(database, TABLES)}`;
  if (!/no such column/.test(message)) return message;
  const [table = ''] = listNames(database, `${TABLES} ORDER BY type DESC`).split(', ');
  return `${message}; ${table} has ${listNames(database, `SELECT name FROM pragma_table_info('${table}')`)}`;
}

/** The view `requests`, and the table behind it. */
const TABLES = "SELECT name FROM sqlite_master WHERE type IN ('view', 'table')";

function listNames(database: Database, sql: string): string {
  return database
    .all(sql)
    .map(({ name }) => String(name))
    .join(', ');
}
