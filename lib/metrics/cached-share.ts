import { divide } from '../shared/divide.ts';

/**
 * The share (0 to 1) of input tokens that were cached; null without input. A server that counts the cached ones apart has at
 * most all.
 *
 * @param cached of the requests that tell both
 * @param input all of theirs; 0 where none does
 */
export function computeCachedShare(cached: number, input: number): number | null {
  return divide(Math.min(cached, input), input);
}
