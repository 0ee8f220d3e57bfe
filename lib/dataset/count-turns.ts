import type { Conversation, Prompt } from './prompt.ts';

/** How many requests a prompt makes: its turns. */
export function countTurns(prompt: Prompt): number {
  return 1 + ((prompt as Conversation).next?.length ?? 0);
}

/** Where each conversation of a dataset begins, counted in turns, and, last, how many turns all have. */
export function sumTurns(prompts: readonly Prompt[]): number[] {
  let sum = 0;
  const sums = prompts.map((prompt) => {
    sum += countTurns(prompt);
    return sum;
  });
  return [0, ...sums];
}

/**
 * How many turns come before a place in a dataset that goes round.
 *
 * @param sums  as `sumTurns` gives them
 * @param place from 0; after the last conversation the first comes again
 */
export function turnsBefore(sums: readonly number[], place: number): number {
  const count = sums.length - 1;
  const all = sums[count] as number;
  return Math.floor(place / count) * all + (sums[place % count] as number);
}
