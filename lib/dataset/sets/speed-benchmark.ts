import type { RunConfig } from '../../config/parameters.ts';
import { createRandom, mixSeed } from '../../shared/random.ts';
import { customFormat } from '../custom-format.ts';
import type { Dataset } from '../dataset.ts';
import { generatePrompts } from '../generate-prompts.ts';
import { createTextMaker } from '../random-text.ts';
import { seedOf } from '../vary-prompts.ts';

/** evalscope's lengths in tokens, each of them twice; its long ones are 63,488 and 129,024. */
const LENGTHS = [1, 1, 6144, 6144, 14_336, 14_336, 30_720, 30_720] as const;

/** Prompts of evalscope's speed benchmark: of its lengths, and no two the same. */
export function speedBenchmark() {
  return {
    name: 'speed-benchmark',
    file: null,
    exampleFile: 'random.jsonl',
    content: "8 prompts of 1, 6,144, 14,336 and 30,720 random words, twice each: evalscope's lengths",
    written: 'JSON lines with `prompt`',
    pass: LENGTHS.length,
    formatOf: customFormat,
    generate(config: RunConfig, count: number) {
      const seed = seedOf(config);
      const makeText = createTextMaker(seed);
      const prompts = generatePrompts(config, count, (index) => {
        const length = LENGTHS[Math.max(0, index) % LENGTHS.length] as number;
        const content = makeText(createRandom(mixSeed(seed, index + 1)), length);
        return { messages: [{ role: 'user', content }], input_tokens: length };
      });
      return { prompts, problems: [], notes: [] };
    },
  } as const satisfies Dataset;
}
