import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import sqlite from 'node-sqlite3-wasm';
import type { RequestRecord } from '../../measure/request-record.ts';
import type { ServerMoment } from '../../server/server-moment.ts';
import { ConfigError } from '../../shared/errors.ts';
import { lookAt } from '../../shared/node-files.ts';
import { buildDatabaseRow, DATABASE_COLUMNS, type DatabaseValue } from './database-row.ts';
import { REQUEST_COLUMNS } from './request-columns.ts';

/** A database that is being written, row by row, in one transaction. */
export interface ResultDatabase {
  add(record: RequestRecord): void;
  /** Fills the table `server_metrics`, which is there only where servers told something. */
  addServer(moments: readonly ServerMoment[]): void;
  /** Commits, closes, and gives the file its name. */
  close(): void;
  /** Closes and deletes the file, after an error: half a run would pass for a whole one. */
  discard(): void;
}

const EVALSCOPE_COLUMNS = Object.keys(DATABASE_COLUMNS) as (keyof typeof DATABASE_COLUMNS)[];
/** evalscope's columns, then those of the view. */
const COLUMNS = [...EVALSCOPE_COLUMNS.map((name) => ({ name, type: DATABASE_COLUMNS[name] })), ...REQUEST_COLUMNS];
const NAMES = COLUMNS.map(({ name }) => name).join(', ');
const CREATE_TABLE = `CREATE TABLE result (${COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ')})`;
/** What people look for, under names that they guess. */
const VIEW_COLUMNS = [
  'request_id',
  'success',
  ...REQUEST_COLUMNS.map(({ name }) => name),
  'request',
  'response_messages',
];
const CREATE_VIEW = `CREATE VIEW requests AS SELECT ${VIEW_COLUMNS.join(', ')} FROM result`;
const PLACES = COLUMNS.map(({ type }) => (type === 'TEXT' ? 'CAST(? AS TEXT)' : '?'));
const INSERT = `INSERT INTO result (${NAMES}) VALUES (${PLACES.join(', ')})`;

/**
 * Creates a SQLite file with evalscope's table `result` and the view `requests` of it, to which records are added one at a time; memory does not grow
 * with their number. The file has its name when it is whole: until then it is a draft beside it.
 *
 * @throws {ConfigError} when there is a file already: results are never overwritten; else what the file system says
 */
export function createResultDatabase(path: string): ResultDatabase {
  if (lookAt(path) !== null) {
    throw new ConfigError([
      {
        key: 'result database',
        got: `${JSON.stringify(path)}, which exists`,
        allowed: 'a new file; results are never overwritten',
        paste: '--outputs-dir outputs (without --no-timestamp, each run has a folder of its own)',
      },
    ]);
  }
  const draft = `${path}.${process.pid}.new`;
  remove(draft);
  // Made here, since the library gives a file that it makes itself to its owner alone.
  closeSync(openSync(draft, 'wx'));
  let database: InstanceType<typeof sqlite.Database>;
  let insert: ReturnType<typeof database.prepare>;
  try {
    database = new sqlite.Database(draft);
    // The file is new, and worthless if the process dies: neither a journal nor waiting for the disk protects anything.
    // A page is written by a call of its own: four times as large, they cost a third of the time.
    database.exec('PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
    // Nobody else has the file yet: it is locked once.
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; BEGIN; ${CREATE_TABLE}; ${CREATE_VIEW}`);
    insert = database.prepare(INSERT);
  } catch (error) {
    remove(draft);
    throw error;
  }

  function end(): void {
    insert.finalize();
    database.close();
  }

  return {
    add(record) {
      const row = buildDatabaseRow(record);
      const values = EVALSCOPE_COLUMNS.map((name) => row[name]);
      insert.run([...values, ...REQUEST_COLUMNS.map(({ read }) => read(record))].map(toBound));
    },
    addServer(moments) {
      if (moments.length === 0) return;
      database.exec('CREATE TABLE server_metrics (at TEXT, name TEXT, value REAL)');
      const insertServer = database.prepare('INSERT INTO server_metrics VALUES (?, ?, ?)');
      for (const { at_ms, levels, counts, named } of moments) {
        const at = new Date(at_ms).toISOString();
        for (const [name, value] of Object.entries({ ...named, ...counts, ...levels }))
          insertServer.run([at, name, value]);
      }
      insertServer.finalize();
    },
    close() {
      database.exec('COMMIT');
      end();
      renameSync(draft, path);
    },
    discard() {
      try {
        end();
      } catch {
        // On a full disk it ends with the error that is known already.
      }
      remove(draft);
    },
  };
}

/** With the folder that the library locks it by. */
function remove(draft: string): void {
  rmSync(draft, { force: true });
  rmSync(`${draft}.lock`, { recursive: true, force: true });
}

/**
 * A text as its bytes, which the statement casts back: the library copies bytes at once and texts letter by letter, and the
 * times of chunks are long.
 */
function toBound(value: DatabaseValue): Exclude<DatabaseValue, string> | Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}
