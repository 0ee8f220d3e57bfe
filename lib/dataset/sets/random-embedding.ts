import { INPUTS_TABLE } from '../../config/inputs-table.ts';
import { completeRows } from '../../config/parameter.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import type { Dataset } from '../dataset.ts';
import { generatePrompts } from '../generate-prompts.ts';
import { TEXT_FORMAT } from '../input-texts.ts';
import type { LoadedPrompts } from '../load-prompts.ts';
import { makeRandomTexts } from '../random-texts.ts';

/** Random texts to embed. */
export function randomEmbedding() {
  return {
    name: 'random-embedding',
    file: null,
    exampleFile: 'texts.jsonl',
    content: 'random texts, made as those of `random`; `batch-size` of them are a request',
    written: 'as `embedding`',
    apis: ['openai-embeddings', 'tei-embed'],
    parameters: completeRows({ ...SYNTHETIC_TABLE, ...INPUTS_TABLE }),
    formatOf: () => TEXT_FORMAT,
    generate(config: RunConfig, count: number, style: 'flag' | 'env'): LoadedPrompts {
      const { problems, of } = makeRandomTexts(config, count, config.batchSize, style);
      if (problems.length > 0) return { prompts: [], problems, notes: [] };
      const { datasetOffset: offset } = config;
      const prompts = generatePrompts(config, count, (index) => ({ messages: of(index < 0 ? -1 : index - offset) }));
      return { prompts, problems, notes: [] };
    },
  } as const satisfies Dataset;
}
