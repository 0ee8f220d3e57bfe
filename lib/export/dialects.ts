import { createAiperfDialect } from './aiperf.ts';
import { createCsvDialect } from './csv.ts';
import type { Dialect } from './dialect.ts';
import { createEvalscopeDialect } from './evalscope.ts';
import { createGenaiPerfDialect } from './genai-perf.ts';
import { createParquetDialect } from './parquet.ts';
import { createVllmDialect } from './vllm.ts';

/** How a run is written, and whether the tool sends its requests on connections that were there before. */
interface DialectRow {
  readonly create: () => Dialect;
  /** true: times are written without what connecting took, as the tool would have measured them. */
  readonly keepsConnections: boolean;
}

/** Every tool whose keys and definitions a run can be written in, and tables of its requests. */
export const DIALECTS = {
  evalscope: { create: createEvalscopeDialect, keepsConnections: true },
  vllm: { create: createVllmDialect, keepsConnections: true },
  aiperf: { create: createAiperfDialect, keepsConnections: true },
  'genai-perf': { create: createGenaiPerfDialect, keepsConnections: true },
  csv: { create: createCsvDialect, keepsConnections: false },
  parquet: { create: createParquetDialect, keepsConnections: false },
} satisfies Readonly<Record<string, DialectRow>>;

export type DialectName = keyof typeof DIALECTS;

/** The names that `--dialect` takes. */
export const DIALECT_NAMES = Object.keys(DIALECTS) as DialectName[];
