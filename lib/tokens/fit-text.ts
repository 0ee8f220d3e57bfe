import type { Tokenizer } from './node-tokenizer.ts';

/** Words, or ids, are cut off or added so often at most. */
const MOST_ROUNDS = 10;

/** What a text is counted with; `countChat` where the template of its chat counts, too. */
export type Counter = Pick<Tokenizer, 'encode' | 'decode'> & { readonly count: (text: string) => number };

/**
 * A text of words made to have exactly so many tokens: words are cut off its end, or its own first ones are added again, until
 * the count is right. Where whole words do not get there, ids do, by evalscope's rule: encode, cut or top up, decode.
 *
 * @returns null where ten rounds of both do not get there
 */
export function fitText(text: string, tokens: number, counter: Counter): string | null {
  return fitWords(text, tokens, counter) ?? fitIds(text, tokens, counter);
}

function fitWords(text: string, tokens: number, { count }: Counter): string | null {
  const words = text.split(' ');
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fitted = words.join(' ');
    const missing = tokens - count(fitted);
    if (missing === 0) return fitted;
    if (missing < 0) words.length = Math.max(1, words.length + missing);
    else words.push(...Array.from({ length: missing }, (_, index) => words[index % words.length] as string));
  }
  return null;
}

function fitIds(text: string, tokens: number, { count, encode, decode }: Counter): string | null {
  let fitted = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const missing = tokens - count(fitted);
    if (missing === 0) return fitted;
    const ids = encode(fitted);
    if (ids.length + missing < 1) return null;
    const more = Array.from({ length: Math.max(0, missing) }, (_, index) => ids[index % ids.length] as number);
    fitted = decode([...ids.slice(0, ids.length + Math.min(0, missing)), ...more]);
  }
  return null;
}
