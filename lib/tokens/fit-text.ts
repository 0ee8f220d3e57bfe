/** Words are cut off or added so often at most. */
const MOST_ROUNDS = 10;

/**
 * A text of words made to have exactly so many tokens: words are cut off its end, or its own first ones are added again, until
 * the count is right (evalscope's rule, on words in place of ids).
 *
 * @returns null where ten rounds do not get there, as with a tokenizer that has no such words
 */
export function fitText(text: string, tokens: number, count: (text: string) => number): string | null {
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
