import { createBailian, mooncake } from './formats/hashed.ts';
import { azure, burstgpt, trie } from './formats/lengths.ts';
import { createMapped, type FieldMap } from './formats/mapped.ts';
import { otel } from './formats/otel.ts';
import { workloadTrace } from './formats/workload-trace.ts';
import type { TraceFormat } from './trace-row.ts';

/** Every kind of traces, those with the most marks first. */
export function listFormats(map: FieldMap): readonly TraceFormat[] {
  return [mooncake, createBailian(), trie, azure, burstgpt, otel, workloadTrace, createMapped(map)];
}

export const FORMAT_NAMES: readonly string[] = listFormats({}).map(({ name }) => name);
