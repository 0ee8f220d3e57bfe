/** k6's numbers of an iteration, from 0: among those of all instances, and among those of its own. */
interface Numbers {
  readonly iterationInTest: number;
  readonly iterationInInstance: number;
}

/**
 * Whether an iteration is the last that its instance starts. Of n equal segments an instance has every n-th one, which its two
 * numbers tell from the n-th on; of other segments it may be true of none. From the tenth on it is never true of two.
 *
 * @param iterations of all instances; null where only time bounds them
 */
export function isLastIteration(
  { iterationInTest: all, iterationInInstance: own }: Numbers,
  iterations: number | null,
): boolean {
  const step = Math.floor(all / (own + 1)) + 1;
  // Else the steps are not all the same.
  return iterations !== null && all + (all < step * own ? 1 : step) >= iterations;
}
