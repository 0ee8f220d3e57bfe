import sqlite from 'node-sqlite3-wasm';
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
 * @throws {QueryError} for a file that is no database, for anything that writes, and with SQLite's words for the rest
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
    throw error instanceof sqlite.SQLite3Error ? new QueryError(describeError(error.message)) : error;
  } finally {
    database.close();
  }
}

function openReadOnly(path: string): InstanceType<typeof sqlite.Database> {
  try {
    const database = new sqlite.Database(path, { readOnly: true, fileMustExist: true });
    try {
      database.all('SELECT name FROM sqlite_master LIMIT 1');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw new QueryError(`${JSON.stringify(path)} is not a SQLite database: ${(error as Error).message}`);
  }
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

function describeError(message: string): string {
  if (/near "(insert|update|delete|replace)"/i.test(message)) return describeRefusal('a WITH that writes');
  return message;
}
