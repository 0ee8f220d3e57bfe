import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { REQUEST_COLUMNS, type RequestColumn } from '../report/database/request-columns.ts';
import type { Dialect } from './dialect.ts';

/** Rows that are encoded together, and that readers can skip together. */
const GROUP_ROWS = 10_000;

const TYPES = {
  TEXT: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  INTEGER: { type: 'INT64' },
  REAL: { type: 'DOUBLE' },
} as const satisfies Readonly<Record<RequestColumn['type'], Omit<SchemaElement, 'name'>>>;

const SCHEMA: SchemaElement[] = [
  { name: 'requests', num_children: REQUEST_COLUMNS.length },
  ...REQUEST_COLUMNS.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...TYPES[type] })),
];

/** A row a request as Apache Parquet, compressed by Snappy: for pandas, Polars, DuckDB and Spark. */
export function createParquetDialect(): Dialect {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: SCHEMA });
  const columns = REQUEST_COLUMNS.map(({ name }) => ({ name, data: [] as (string | number | bigint | null)[] }));

  function flush(): void {
    writer.write({ columnData: columns });
    for (const column of columns) column.data = [];
  }

  return {
    add(record) {
      for (const [i, { type, read }] of REQUEST_COLUMNS.entries()) {
        const value = read(record);
        columns[i]?.data.push(type === 'INTEGER' && typeof value === 'number' ? BigInt(value) : value);
      }
      if (columns[0]?.data.length === GROUP_ROWS) flush();
    },
    build() {
      flush();
      writer.finish();
      return bytes.getBytes();
    },
  };
}
