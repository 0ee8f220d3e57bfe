import type { QueryValue } from '../report/database/query-output.ts';
import { formatQuery } from '../report/database/query-output.ts';
import { REQUEST_COLUMNS } from '../report/database/request-columns.ts';
import type { Dialect } from './dialect.ts';

/** A row a request for spreadsheets and scripts: RFC 4180 with line feeds, no value is an empty cell. */
export function createCsvDialect(): Dialect {
  const columns = REQUEST_COLUMNS.map(({ name }) => name);
  const rows: QueryValue[][] = [];
  return {
    add: (record) => rows.push(REQUEST_COLUMNS.map(({ read }) => read(record))),
    build: () => [...formatQuery({ columns, rows }, 'csv')].join(''),
  };
}
