import type { FlagRow } from './parameter.ts';
import { decimal, integer } from './scalar-types.ts';

/** Settings of datasets whose answers are not text. */
export const INPUTS_TABLE = {
  batchSize: {
    group: 'Workload',
    type: integer(1, 100_000),
    default: 1,
    example: ['8'],
    help: 'embedding, random-embedding: texts in one request.',
  },
  numDocuments: {
    type: integer(1, 100_000),
    default: 10,
    example: ['50'],
    help: 'random-rerank: documents of a request.',
  },
  documentLengthRatio: {
    type: decimal({ low: 0, above: true }),
    default: 5,
    example: ['8'],
    help: 'random-rerank: how many times as long as the query a document is.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;
