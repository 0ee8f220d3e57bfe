import { Tiktoken, type TiktokenBPE } from 'js-tiktoken/lite';

/** How the mock may count the tokens of prompts: by their characters, or as these tokenizers do. */
export const TOKENIZERS = ['characters', 'o200k_base', 'cl100k_base'] as const;

export type CountText = (text: string) => number;

/** A quarter of the UTF-16 units, not rounded. */
const byCharacters: CountText = (text) => text.length / 4;

/** Loaded ones: each is megabytes of ranks, which take half a second. */
const counters = new Map<string, CountText>([['characters', byCharacters]]);

/** Makes a tokenizer ready for `findCounter`. */
export async function loadCounter(name: string): Promise<void> {
  if (counters.has(name)) return;
  const { default: ranks } = (await (name === 'o200k_base'
    ? import('js-tiktoken/ranks/o200k_base')
    : import('js-tiktoken/ranks/cl100k_base'))) as { default: TiktokenBPE };
  const tokenizer = new Tiktoken(ranks);
  counters.set(name, (text) => tokenizer.encode(text, [], []).length);
}

export function findCounter(name: string): CountText {
  return counters.get(name) ?? byCharacters;
}
