import type { SortedValues } from '../stats/sorted-values.ts';

/**
 * The most requests that were under way at once, a request being under way from its start until just before its end.
 *
 * @param ends as many as there are starts
 * @returns 0 without requests
 */
export function findPeakConcurrency(starts: SortedValues, ends: SortedValues): number {
  let most = 0;
  let ended = 0;
  for (let started = 0; started < starts.length; started++) {
    while (ended < ends.length && (ends.at(ended) as number) <= (starts.at(started) as number)) ended += 1;
    most = Math.max(most, started + 1 - ended);
  }
  return most;
}
