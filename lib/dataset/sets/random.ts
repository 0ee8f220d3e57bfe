import { completeRows } from '../../config/parameter.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import { createRandom, mixSeed } from '../../shared/random.ts';
import { chooseLengths } from '../choose-lengths.ts';
import type { Dataset } from '../dataset.ts';
import { drawLength } from '../draw-length.ts';
import { generatePrompts } from '../generate-prompts.ts';
import { objectFormat } from '../json-formats.ts';
import { findLengthProblems } from '../length-problems.ts';
import { readCustomFields } from '../prompt-fields.ts';
import { createTextMaker } from '../random-text.ts';
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
    formatOf: () => objectFormat('prompt', 'one JSON object a line, with "messages" or "prompt"', readCustomFields),
    generate(config: RunConfig, count: number, style: 'flag' | 'env') {
      const problems = findLengthProblems(config, style);
      if (problems.length > 0) return { prompts: [], problems, notes: [] };
      const { prefixLength, prefixCount, minPromptLength, maxPromptLength } = config;
      const seed = seedOf(config);
      const makeText = createTextMaker(seed);
      const bounds = { low: Math.max(1, minPromptLength), high: Math.max(1, maxPromptLength) };
      const prefixes = Array.from({ length: prefixLength === 0 ? 0 : prefixCount }, (_, index) =>
        makeText(createRandom(mixSeed(seed, -2 - index)), prefixLength),
      );
      const prompts = generatePrompts(config, count, (index) => {
        const source = createRandom(mixSeed(seed, index + 1));
        const { input, output } = chooseLengths(config, source);
        const length = drawLength(input, source, bounds);
        // The connection test has a prefix of its own, so that the first request meets none that is known.
        const isTest = index < 0 || prefixes.length === 0;
        const own = isTest ? prefixLength + length : length;
        const prefix = isTest ? '' : `${prefixes[index % prefixes.length]} `;
        return {
          messages: [{ role: 'user', content: prefix + makeText(source, own) }],
          input_tokens: prefixLength + length,
          ...(output === null ? {} : { max_tokens: drawLength(output, source, { low: 1, high: 1e9 }) }),
        };
      });
      return { prompts, problems: [], notes: [] };
    },
  } as const satisfies Dataset;
}
