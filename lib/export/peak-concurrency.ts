/**
 * The most requests that were under way at once, a request being under way from its start until just before its end.
 *
 * @param starts ascending; @param ends ascending, as many
 * @returns 0 without requests
 */
export function findPeakConcurrency(starts: Float64Array, ends: Float64Array): number {
  let most = 0;
  let ended = 0;
  for (let started = 0; started < starts.length; started++) {
    while (ended < ends.length && (ends[ended] as number) <= (starts[started] as number)) ended += 1;
    most = Math.max(most, started + 1 - ended);
  }
  return most;
}
