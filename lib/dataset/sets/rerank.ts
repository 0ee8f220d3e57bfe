import { INPUTS_TABLE } from '../../config/inputs-table.ts';
import { completeRows } from '../../config/parameter.ts';
import type { Dataset } from '../dataset.ts';
import { RERANK_FORMAT } from '../input-texts.ts';

/** Queries of a user's own, each with documents to rank. */
export function rerank() {
  return {
    name: 'rerank',
    file: null,
    exampleFile: 'queries.jsonl',
    content: 'none',
    written: 'JSON lines with `query`, and a list of texts under `documents`, `passages` or `texts`',
    apis: ['rerank', 'tei-rerank'],
    parameters: completeRows(INPUTS_TABLE),
    formatOf: () => RERANK_FORMAT,
  } as const satisfies Dataset;
}
