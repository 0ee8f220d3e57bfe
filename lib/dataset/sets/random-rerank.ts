import { INPUTS_TABLE } from '../../config/inputs-table.ts';
import { completeRows } from '../../config/parameter.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import type { Dataset } from '../dataset.ts';
import { generatePrompts } from '../generate-prompts.ts';
import { RERANK_FORMAT } from '../input-texts.ts';
import type { LoadedPrompts } from '../load-prompts.ts';
import { makeRandomTexts, withLonger } from '../random-texts.ts';

/** Random queries with random documents to rank. */
export function randomRerank() {
  return {
    name: 'random-rerank',
    file: null,
    exampleFile: 'queries.jsonl',
    content:
      'random queries, made as the prompts of `random`, each with `num-documents` documents that are `document-length-ratio` times as long',
    written: 'as `rerank`',
    apis: ['rerank', 'tei-rerank'],
    parameters: completeRows({ ...SYNTHETIC_TABLE, ...INPUTS_TABLE }),
    formatOf: () => RERANK_FORMAT,
    generate(config: RunConfig, count: number, style: 'flag' | 'env'): LoadedPrompts {
      const { numDocuments, documentLengthRatio, datasetOffset: offset } = config;
      const queries = makeRandomTexts(config, count, 1, style);
      if (queries.problems.length > 0) return { prompts: [], problems: queries.problems, notes: [] };
      const documents = makeRandomTexts(withLonger(config, documentLengthRatio), count, numDocuments, style);
      const prompts = generatePrompts(config, count, (index) => {
        const request = index < 0 ? -1 : index - offset;
        return { messages: [...queries.of(request), ...documents.of(request)] };
      });
      return { prompts, problems: [], notes: [] };
    },
  } as const satisfies Dataset;
}
