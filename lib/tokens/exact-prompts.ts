import type { Prompt } from '../dataset/prompt.ts';
import { promptText } from '../dataset/prompt-text.ts';
import { type Counter, fitText } from './fit-text.ts';
import type { Tokenizer } from './node-tokenizer.ts';

/** How many tokens a service counts for a prompt: of its messages in the template, where it uses one, else of their texts. */
export function createPromptCounter(
  { count, countChat }: Tokenizer,
  usesTemplate: boolean,
): (prompt: Prompt) => number {
  return countChat === null || !usesTemplate
    ? (prompt) => count(promptText(prompt))
    : ({ messages }) => countChat(messages);
}

/** Made prompts get exactly the tokens that they were asked to have. */
export interface ExactMaker {
  /** What the template takes beside a text: at least so many and one more are to be asked for. */
  readonly templateTokens: number;
  /** The text of a made prompt with exactly `input_tokens` tokens, the template's among them; null where there is none. */
  fit(prompt: Prompt): string | null;
  /** A made text with as many tokens as it has words, no template counted; null where there is none. */
  fitWords(text: string): string | null;
}

/** How many tokens a made text is to have: a word is one, and so is a line feed. */
export function countWords(text: string): number {
  return splitWords(text).length;
}

function splitWords(text: string): string[] {
  return text.split(/ |(?=\n)/);
}

/**
 * @param usesTemplate whether the service puts the prompt into the model's chat template, whose tokens then count
 * @param prefixLength so many of the first words are a beginning that prompts share, which gets so many tokens by itself
 */
export function createExactMaker(tokenizer: Tokenizer, usesTemplate: boolean, prefixLength: number): ExactMaker {
  const { encode, decode } = tokenizer;
  const countPrompt = createPromptCounter(tokenizer, usesTemplate);
  const count = (text: string): number => countPrompt({ messages: [{ role: 'user', content: text }] });
  const prefixes = new Map<string, string | null>();
  const fitPrefix = (text: string): string | null => {
    const known = prefixes.get(text) ?? fitText(text, prefixLength, tokenizer);
    prefixes.set(text, known);
    return known;
  };
  return {
    templateTokens: count('the') - tokenizer.count('the'),
    fit(prompt) {
      const words = splitWords(promptText(prompt));
      const prefix = prefixLength === 0 ? '' : fitPrefix(joinWords(words.slice(0, prefixLength)));
      if (prefix === null) return null;
      const start = prefix === '' ? '' : `${prefix} `;
      const counter: Counter = { encode, decode, count: (text) => count(start + text) };
      const own = fitText(joinWords(words.slice(prefixLength)), prompt.input_tokens ?? 0, counter);
      return own === null ? null : start + own;
    },
    fitWords: (text) => fitText(text, countWords(text), tokenizer),
  };
}

function joinWords(words: readonly string[]): string {
  return words.join(' ').replace(/ \n/g, '\n');
}
