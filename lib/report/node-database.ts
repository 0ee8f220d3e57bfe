import { existsSync, rmSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import type { RequestRecord } from '../measure/request-record.ts';
import { ConfigError } from '../shared/errors.ts';
import { buildDatabaseRow, DATABASE_COLUMNS, type DatabaseValue } from './database-row.ts';

/** A database that is being written, row by row, in one transaction. */
export interface ResultDatabase {
  add(record: RequestRecord): void;
  /** Commits and closes. */
  close(): void;
  /** Closes and deletes the file, after an error: half a run would pass for a whole one. */
  discard(): void;
}

const COLUMNS = Object.keys(DATABASE_COLUMNS) as (keyof typeof DATABASE_COLUMNS)[];

const CREATE_TABLE = `CREATE TABLE result (${COLUMNS.map((column) => `${column} ${DATABASE_COLUMNS[column]}`).join(', ')})`;
const PLACES = COLUMNS.map((column) => (DATABASE_COLUMNS[column] === 'TEXT' ? 'CAST(? AS TEXT)' : '?'));
const INSERT = `INSERT INTO result (${COLUMNS.join(', ')}) VALUES (${PLACES.join(', ')})`;

/**
 * Creates a SQLite file with evalscope's table `result`, to which records are added one at a time; memory does not grow
 * with their number.
 *
 * @throws {ConfigError} when there is a file already: results are never overwritten
 */
export function createResultDatabase(path: string): ResultDatabase {
  if (existsSync(path)) {
    throw new ConfigError([
      {
        key: 'result database',
        got: `${JSON.stringify(path)}, which exists`,
        allowed: 'a new file; results are never overwritten',
        paste: '--outputs-dir outputs (without --no-timestamp, each run has a folder of its own)',
      },
    ]);
  }
  const database = new sqlite.Database(path);
  // The file is new, and worthless if the process dies: neither a journal nor waiting for the disk protects anything.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
  database.exec(CREATE_TABLE);
  database.exec('BEGIN');
  const insert = database.prepare(INSERT);

  function end(): void {
    insert.finalize();
    database.close();
  }

  return {
    add(record) {
      const row = buildDatabaseRow(record);
      insert.run(COLUMNS.map((column) => toBound(row[column])));
    },
    close() {
      database.exec('COMMIT');
      end();
    },
    discard() {
      end();
      rmSync(path);
    },
  };
}

/**
 * A text as its bytes, which the statement casts back: the library copies bytes at once and texts letter by letter, and the
 * times of chunks are long.
 */
function toBound(value: DatabaseValue): Exclude<DatabaseValue, string> | Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}
