import { DATASETS, type DatasetName } from './registry.ts';

/** In a k6 bundle the build writes the names out, so that the readers of other datasets stay away. */
export const DATASET_NAMES: readonly DatasetName[] = DATASETS.map(({ name }) => name);

/** evalscope's names of them, with `-` for `_`. */
export const DATASET_ALIASES: readonly (readonly [alias: string, name: DatasetName])[] = [
  ['custom-multi-turn', 'multi-turn'],
  ['share-gpt-zh-multi-turn', 'multi-turn'],
  ['share-gpt-en-multi-turn', 'multi-turn'],
  ['swe-smith', 'multi-turn'],
  ['trie-agentic-coding', 'multi-turn'],
  ['trie-code-qa', 'multi-turn'],
  ['trie-office-work', 'multi-turn'],
  ['workload-trace', 'trace'],
];
