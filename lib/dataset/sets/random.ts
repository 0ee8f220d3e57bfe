import { completeRows } from '../../config/parameter.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import { customFormat } from '../custom-format.ts';
import type { Dataset } from '../dataset.ts';
import { findLengthProblems } from '../length-problems.ts';
import { checkIds } from '../prompt-ids.ts';
import { createSyntheticParts, generateTexts } from '../synthetic-parts.ts';
import { seedOf } from '../vary-prompts.ts';

/** Prompts of random words, as long as they are asked to be. */
export function random() {
  return {
    name: 'random',
    file: null,
    exampleFile: 'random.jsonl',
    content: 'random words, each of which is one token, made by seed: `input-len` and its neighbours say how many',
    written: 'JSON lines with `prompt`, as `prepare random` writes them',
    parameters: completeRows(SYNTHETIC_TABLE),
    arrange: checkIds,
    formatOf: customFormat,
    generate(config: RunConfig, count: number, style: 'flag' | 'env') {
      const problems = findLengthProblems(config, style);
      if (problems.length > 0) return { prompts: [], problems, notes: [] };
      const { prefixLength } = config;
      const parts = createSyntheticParts(config, seedOf(config));
      const prompts = generateTexts(config, count, parts, (source, length, prefix) => {
        const tokens = prefixLength + length;
        // The connection test has a beginning of its own in place of the one that it lacks.
        const text = prefix === null ? parts.makeText(source, tokens) : `${prefix} ${parts.makeText(source, length)}`;
        return { text, tokens };
      });
      return { prompts, problems: [], notes: [] };
    },
  } as const satisfies Dataset;
}
