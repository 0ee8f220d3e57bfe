import { createRandom, mixSeed, type Random } from '../shared/random.ts';
import { listWords } from './words.ts';

/** So many words at the start of a text are each drawn by itself: no two texts then share a block of a prefix cache. */
const DRAWN_WORDS = 16;

/** The words after those come in runs of so many, cut out of one long text: thousands of tokens cost k6 no time. */
const RUN_WORDS = 64;

/** Makes a text of exactly so many words, 1 or more, without a blank at its ends; each word is a token (see words.ts). */
export type MakeText = (random: Random, words: number) => string;

/** @param seed shuffles the words that runs are cut out of */
export function createTextMaker(seed: number): MakeText {
  const words = listWords().split(' ');
  const deck = shuffle(words, createRandom(mixSeed(seed, -1)));
  const text = deck.join(' ');
  const starts = [0];
  for (const word of deck) starts.push((starts.at(-1) as number) + word.length + 1);
  const last = deck.length - RUN_WORDS;
  return (random, count) => {
    const parts: string[] = [];
    for (let i = 0; i < Math.min(DRAWN_WORDS, count); i++)
      parts.push(words[random.integer(0, words.length - 1)] as string);
    for (let left = count - DRAWN_WORDS; left > 0; left -= RUN_WORDS) {
      const from = random.integer(0, last);
      parts.push(text.slice(starts[from], (starts[from + Math.min(left, RUN_WORDS)] as number) - 1));
    }
    return parts.join(' ');
  };
}

/** In a new order (Fisher and Yates). */
function shuffle(words: readonly string[], random: Random): string[] {
  const deck = [...words];
  for (let i = deck.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [deck[i], deck[j]] = [deck[j] as string, deck[i] as string];
  }
  return deck;
}
