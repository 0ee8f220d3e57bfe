import type { LengthSpread } from '../../config/length-type.ts';
import { completeRows } from '../../config/parameter.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import type { Random } from '../../shared/random.ts';
import { customFormat } from '../custom-format.ts';
import type { Dataset } from '../dataset.ts';
import { findLengthProblems } from '../length-problems.ts';
import { checkIds } from '../prompt-ids.ts';
import { createSyntheticParts, generateTexts } from '../synthetic-parts.ts';
import { seedOf } from '../vary-prompts.ts';

/** vLLM's default lengths in tokens; the prefix is part of the input. */
const INPUT = 550;
const PREFIX = 200;
const OUTPUT = 150;

/** What prompts of vLLM's sonnet begin with, in words that are a token each. */
const TASK = 'pick many lines from these verse lines';

/** A line is one of each; every word is a token (see words.ts). */
const PHRASES = [
  'the old river|the slow rain|our long night|the blue sea|her quiet voice|his broken song|the last bird|the grey city|' +
    'their hidden love|the open field|every small flower|the low sun|one far ship|your bright face|the hard stone',
  'will turn|would follow|could remember|must leave|will call|may bring|would hold|could find|must keep|will give',
  'the light|her name|the open road|our story|the house|his last word|the whole earth|the window|your hand|the fire|' +
    'their children|the green forest|nothing|everything',
  'before the day|under the stars|after the rain|along the shore|without the king|until spring|against the wind|' +
    'with the early wave|above the grass|while friends wait|between two years|once more',
].map((part) => part.split('|'));

/**
 * Lines of a poem after a beginning that all prompts share, as vLLM's `sonnet`. A line begins with a blank: then the line
 * feed before it is a token, and so is its first word, in all tokenizers of words.ts.
 */
export function sonnet() {
  return {
    name: 'sonnet',
    file: null,
    exampleFile: 'sonnet.jsonl',
    content:
      "lines of a poem, made by seed, of words that are one token each; vLLM's lengths: 550 tokens, the first 200 of them shared, and 150 for the answer",
    written: 'JSON lines with `prompt`, as `prepare sonnet` writes them',
    parameters: completeRows(SYNTHETIC_TABLE),
    arrange: checkIds,
    formatOf: customFormat,
    generate(config: RunConfig, count: number, style: 'flag' | 'env') {
      const settings = withLengths(config);
      const { prefixLength } = settings;
      const problems = findLengthProblems(settings, style);
      const parts = createSyntheticParts(settings, seedOf(config), (source, tokens) => makeLines(source, tokens, TASK));
      const prompts = generateTexts(settings, count, parts, (source, length, prefix) => {
        const own = Math.max(0, length - prefixLength);
        if (own === 0 && problems.length === 0) problems.push(describeShort(length, prefixLength, style));
        const text = prefix === null ? makeLines(source, length) : `${prefix} ${makeLines(source, own)}`;
        return { text, tokens: length };
      });
      return { prompts: problems.length > 0 ? [] : prompts, problems, notes: [] };
    },
  } as const satisfies Dataset;
}

/** The settings with vLLM's lengths where none are given. */
function withLengths(config: RunConfig): RunConfig {
  const { given, inputLen, outputLen, lengthMix, prefixLength } = config;
  const fixed = (tokens: number): LengthSpread => ({ shape: 'fixed', parameters: [tokens] });
  const isFree = lengthMix === null;
  return {
    ...config,
    inputLen: inputLen ?? (isFree && !given.has('maxPromptLength') ? fixed(INPUT) : null),
    outputLen: outputLen ?? (isFree && !given.has('maxTokens') ? fixed(OUTPUT) : null),
    prefixLength: given.has('prefixLength') ? prefixLength : PREFIX,
  };
}

/** A text of exactly so many tokens, 1 or more: a line feed is one, and a text neither begins nor ends with one. */
function makeLines(source: Random, tokens: number, beginning?: string): string {
  const words = beginning === undefined ? [] : [...beginning.split(' '), '\n'];
  while (words.length < tokens) {
    for (const phrases of PHRASES) words.push(...(phrases[source.integer(0, phrases.length - 1)] as string).split(' '));
    words.push('\n');
  }
  words.length = tokens;
  if (words.at(-1) === '\n') words[tokens - 1] = 'again';
  return words.join(' ').replace(/ \n/g, '\n');
}

function describeShort(length: number, prefix: number, style: 'flag' | 'env') {
  return {
    key: 'INPUT_LEN (--input-len)',
    got: `${length} tokens, no more than the ${prefix} of prefix-length, which are part of them`,
    allowed: "more than the prefix; of sonnet, as vLLM's, it is part of the input",
    paste: style === 'flag' ? `--input-len ${prefix + 350}` : `-e INPUT_LEN=${prefix + 350}`,
  };
}
