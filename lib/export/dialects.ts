import { createAiperfDialect } from './aiperf.ts';
import type { Dialect, DialectName } from './dialect.ts';
import { createEvalscopeDialect } from './evalscope.ts';
import { createGenaiPerfDialect } from './genai-perf.ts';
import { createVllmDialect } from './vllm.ts';

/** Every tool whose keys and definitions a run can be written in. */
export const DIALECTS: Readonly<Record<DialectName, () => Dialect>> = {
  evalscope: createEvalscopeDialect,
  vllm: createVllmDialect,
  aiperf: createAiperfDialect,
  'genai-perf': createGenaiPerfDialect,
};
