import type { Milliseconds } from '../shared/units.ts';

/** Times in ascending order. */
interface Times {
  readonly length: number;
  at(rank: number): Milliseconds | undefined;
}

/**
 * The most requests that were under way at once, of as many starts as ends; 0 without requests. One that ends when another
 * starts is not under way with it.
 */
export function countMostUnderWay(starts: Times, ends: Times): number {
  let [most, ended] = [0, 0];
  for (let started = 0; started < starts.length; started++) {
    while ((ends.at(ended) as Milliseconds) <= (starts.at(started) as Milliseconds)) ended += 1;
    most = Math.max(most, started + 1 - ended);
  }
  return most;
}
