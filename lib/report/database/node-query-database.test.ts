import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import { createOwnFolder } from '../../../tests/support/own-folder.ts';
import { createResultDatabase } from './node-database.ts';
import { QueryError, queryDatabase } from './node-query-database.ts';

const folder = createOwnFolder('query');
const path = join(folder, 'run.db');
beforeAll(() => {
  const database = createResultDatabase(path);
  for (let index = 0; index < 3; index++) database.add(exampleRecord({ index, latency_ms: 100 * (index + 1) }));
  database.add(exampleFailure({ index: 3 }));
  database.close();
});

function query(sql: string): unknown[] {
  return queryDatabase(path, sql, ({ columns, rows }) => [columns, ...rows]);
}

describe('queryDatabase', () => {
  it('reads with everything that SELECT can do', () => {
    expect(
      query('select success, count(*) as n, max(latency) as slowest from result group by success order by 1'),
    ).toEqual([
      ['success', 'n', 'slowest'],
      [0, 1, null],
      [1, 3, 0.3],
    ]);
    expect(query('with slow as (select * from result where latency > 0.15) select count(*) as n from slow')).toEqual([
      ['n'],
      [2],
    ]);
    expect(query("VALUES (1, 'a'), (2, 'b')")).toHaveLength(3);
    expect(query("select json_extract(inter_token_latencies, '$[0]') as first from result limit 1")).toHaveLength(2);
  });

  it.each([
    ['select request_id from result order by latency desc limit 2;', ['openqa-2', 'openqa-1']],
    ['  -- a comment; with a semicolon\n /* and another */ (select 1 as n)', [1]],
    ['select 1 as n -- the end; really', [1]],
    ["select ';''' as n ; -- the end", [";'"]],
  ])('takes %j', (sql, firstColumn) => {
    const [, ...rows] = query(sql) as unknown[][];
    expect(rows.map(([value]) => value)).toEqual(firstColumn);
  });

  it('names columns without a row, and gives each of two of one name its own', () => {
    expect(query('select latency, success from result where 0')).toEqual([['latency', 'success']]);
    const [columns, row] = query('select 1 as x, 2 as x') as unknown[][];
    expect(new Set(columns).size).toBe(2);
    expect(row).toEqual([1, 2]);
  });

  it.each([
    ['delete from result', 'got DELETE'],
    ['DROP TABLE result', 'got DROP'],
    ['update result set latency = 0', 'got UPDATE'],
    ["attach 'other.db' as o", 'got ATTACH'],
    ['pragma journal_mode = wal', 'got PRAGMA'],
    ['with x as (select 1) delete from result', 'a query only reads'],
    ['select 1; delete from result', 'one statement at a time'],
    ['', 'got no statement'],
    ['-- nothing', 'got no statement'],
    ['selec 1', 'got SELEC'],
    ['select nosuch from result', 'no such column: nosuch'],
    ['select 1) ; drop table result --', 'one statement at a time'],
  ])('refuses %j', (sql, text) => {
    const before = readFileSync(path);
    expect(() => query(sql)).toThrow(QueryError);
    expect(() => query(sql)).toThrow(text);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses VACUUM INTO, which writes a file from a database opened read-only', () => {
    const target = join(folder, 'copy.db');
    expect(() => query(`vacuum into '${target}'`)).toThrow('got VACUUM');
    expect(() => query(`select 1) ; vacuum into '${target}' --`)).toThrow('one statement');
    expect(existsSync(target)).toBe(false);
  });

  it('leaves no file beside the database', () => {
    query('select * from result order by latency');
    expect(readdirSync(folder).filter((name) => name.startsWith('run.db'))).toEqual(['run.db']);
  });

  it('reads whatever else holds the file: another query, one that was killed, a folder that cannot be written', () => {
    const own = mkdtempSync(join(tmpdir(), 'query-locked-'));
    const copy = join(own, 'run.db');
    copyFileSync(path, copy);
    mkdirSync(`${copy}.lock`);
    chmodSync(own, 0o500);
    const count = (): unknown =>
      queryDatabase(copy, 'select count(*) as n from result', ({ rows }) => {
        const [first] = rows;
        return first;
      });
    expect(count()).toEqual([4]);
    queryDatabase(copy, 'select * from result', ({ rows }) => {
      for (const _ of rows) expect(count()).toEqual([4]);
    });
    chmodSync(own, 0o700);
    expect(readdirSync(own).sort()).toEqual(['run.db', 'run.db.lock']);
    rmSync(own, { recursive: true });
  });

  it('leaves nothing in the folder for temporary files', () => {
    const own = mkdtempSync(join(tmpdir(), 'query-temporary-'));
    vi.stubEnv('TMPDIR', own);
    query('select * from result a, result b order by a.latency');
    vi.unstubAllEnvs();
    expect(readdirSync(own)).toEqual([]);
  });

  it('says what is not a database, and creates none', () => {
    const text = join(folder, 'text.txt');
    writeFileSync(text, 'not a database, but long enough to be looked at as one '.repeat(20));
    expect(() => queryDatabase(text, 'select 1', () => null)).toThrow(/text\.txt" is not a SQLite database/);
    const empty = join(folder, 'empty.db');
    writeFileSync(empty, '');
    expect(() => queryDatabase(empty, 'select 1', () => null)).toThrow(/empty\.db" is empty/);
    expect(() => queryDatabase(folder, 'select 1', () => null)).toThrow(/is not a file/);
    const cut = join(folder, 'cut.db');
    writeFileSync(cut, readFileSync(path).subarray(0, 5000));
    expect(() => queryDatabase(cut, 'select 1', () => null)).toThrow(/cut short: 5000 of \d+ bytes/);
    expect(() => queryDatabase(join(folder, 'none.db'), 'select 1', () => null)).toThrow(QueryError);
    expect(existsSync(join(folder, 'none.db'))).toBe(false);
  });
});
