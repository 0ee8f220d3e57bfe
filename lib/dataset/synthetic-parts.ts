import type { LengthSpread } from '../config/length-type.ts';
import type { RunConfig } from '../config/parameters.ts';
import { createRandom, mixSeed, type Random } from '../shared/random.ts';
import { chooseLengths } from './choose-lengths.ts';
import { drawLength } from './draw-length.ts';
import { generatePrompts } from './generate-prompts.ts';
import type { Prompt } from './prompt.ts';
import { createTextMaker, type MakeText } from './random-text.ts';

/** What prompts and turns of random words are made of. */
export interface SyntheticParts {
  readonly makeText: MakeText;
  /** Of a prompt or a conversation, by its place. */
  readonly sourceOf: (index: number) => Random;
  /** The beginning that a prompt has in common with others; null without any, and for the connection test, so that the first request meets none that is known. */
  readonly prefixOf: (index: number) => string | null;
  readonly drawInput: (length: LengthSpread, source: Random) => number;
  /** The limit of an answer, where one is asked for. */
  readonly drawLimit: (length: LengthSpread | null, source: Random) => { readonly max_tokens?: number };
}

/** @param seed of all texts and lengths. @param makeText random words where nothing else is said */
export function createSyntheticParts(
  config: RunConfig,
  seed: number,
  makeText: MakeText = createTextMaker(seed),
): SyntheticParts {
  const { prefixLength, prefixCount, minPromptLength, maxPromptLength } = config;
  const bounds = { low: Math.max(1, minPromptLength), high: Math.max(1, maxPromptLength) };
  const prefixes = Array.from({ length: prefixLength === 0 ? 0 : prefixCount }, (_, index) =>
    makeText(createRandom(mixSeed(seed, -2 - index)), prefixLength),
  );
  return {
    makeText,
    sourceOf: (index) => createRandom(mixSeed(seed, index + 1)),
    prefixOf: (index) => (index < 0 ? null : (prefixes[index % prefixes.length] ?? null)),
    drawInput: (length, source) => drawLength(length, source, bounds),
    drawLimit: (length, source) =>
      length === null ? {} : { max_tokens: drawLength(length, source, { low: 1, high: 1e9 }) },
  };
}

/** The text of a prompt, and its tokens. @param length as it was drawn for the prompt */
type WriteText = (
  source: Random,
  length: number,
  prefix: string | null,
) => { readonly text: string; readonly tokens: number };

/** Prompts of one text each, with the limit of their answers */
export function generateTexts(config: RunConfig, count: number, parts: SyntheticParts, write: WriteText): Prompt[] {
  return generatePrompts(config, count, (index) => {
    const source = parts.sourceOf(index);
    const { input, output } = chooseLengths(config, source);
    const { text, tokens } = write(source, parts.drawInput(input, source), parts.prefixOf(index));
    return {
      messages: [{ role: 'user', content: text }],
      input_tokens: tokens,
      ...parts.drawLimit(output, source),
    };
  });
}
