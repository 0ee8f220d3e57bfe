import { INPUTS_TABLE } from '../../config/inputs-table.ts';
import { completeRows } from '../../config/parameter.ts';
import type { RunConfig } from '../../config/parameters.ts';
import type { Dataset } from '../dataset.ts';
import { batchPrompts, TEXT_FORMAT } from '../input-texts.ts';
import type { Prompt } from '../prompt.ts';

/** Texts of a user's own to embed. */
export function embedding() {
  return {
    name: 'embedding',
    file: null,
    exampleFile: 'texts.jsonl',
    content: 'none',
    written:
      'a text a line, or JSON lines with `text`, `input`, `sentence` or `content`; `batch-size` of them are a request',
    apis: ['openai-embeddings', 'tei-embed'],
    parameters: completeRows(INPUTS_TABLE),
    formatOf: () => TEXT_FORMAT,
    group(prompts: readonly Prompt[], config: RunConfig): Prompt[] {
      return batchPrompts(prompts, config.batchSize);
    },
  } as const satisfies Dataset;
}
