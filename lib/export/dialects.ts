import { createAiperfDialect } from './aiperf.ts';
import { createCsvDialect } from './csv.ts';
import type { Dialect } from './dialect.ts';
import { createEvalscopeDialect } from './evalscope.ts';
import { createGenaiPerfDialect } from './genai-perf.ts';
import { createParquetDialect } from './parquet.ts';
import { createVllmDialect } from './vllm.ts';

/** Every tool whose keys and definitions a run can be written in, and tables of its requests. */
export const DIALECTS = {
  evalscope: createEvalscopeDialect,
  vllm: createVllmDialect,
  aiperf: createAiperfDialect,
  'genai-perf': createGenaiPerfDialect,
  csv: createCsvDialect,
  parquet: createParquetDialect,
} satisfies Readonly<Record<string, () => Dialect>>;

export type DialectName = keyof typeof DIALECTS;

/** The names that `--dialect` takes. */
export const DIALECT_NAMES = Object.keys(DIALECTS) as DialectName[];
