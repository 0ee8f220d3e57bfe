import { lengthMix, lengthSpread } from './length-type.ts';
import type { FlagRow } from './parameter.ts';
import { decimal, integer } from './scalar-types.ts';

/** Settings of datasets that make their prompts. */
export const SYNTHETIC_TABLE = {
  inputLen: {
    group: 'Workload',
    aliases: ['random-input-len', 'isl'],
    type: lengthSpread,
    defaultText: '1024, of sonnet 550; from min-prompt-length to max-prompt-length where one of them is given',
    example: ['normal:512,64'],
    help: 'random: tokens of a prompt, its prefix not counted; sonnet: with it. min-prompt-length and max-prompt-length are its bounds.',
  },
  outputLen: {
    aliases: ['random-output-len', 'osl'],
    type: lengthSpread,
    defaultText: 'max-tokens; of sonnet 150 where that is not given',
    example: ['uniform:64,256'],
    help: 'random: most output tokens of a request; with ignore-eos exactly this many.',
  },
  lengthMix: {
    aliases: ['seq-dist', 'sequence-distribution'],
    type: lengthMix,
    example: ['512,128:70;4096,256:30'],
    help: 'random: kinds of requests with their weights, in place of input-len and output-len.',
  },
  rangeRatio: {
    aliases: ['random-range-ratio'],
    type: decimal({ low: 0, high: 1 }),
    default: 0,
    example: ['0.5'],
    help: "vLLM's: a plain input-len or output-len L is spread evenly over L(1-r) to L(1+r).",
  },
  prefixLength: {
    aliases: ['random-prefix-len', 'prefix-prompt-length'],
    type: integer(0, 10_000_000),
    default: 0,
    example: ['512'],
    help: 'random: tokens that prompts begin with in common, beside their own. sonnet: 200 of its input.',
  },
  prefixCount: {
    aliases: ['num-prefix-prompts'],
    type: integer(1),
    default: 1,
    example: ['8'],
    help: 'random: how many such prefixes there are; request i begins with number i mod count.',
  },
} as const satisfies Readonly<Record<string, FlagRow>>;
