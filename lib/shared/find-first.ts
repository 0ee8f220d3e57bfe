/**
 * The first whole number of a range of which something holds, where it then holds of all after it.
 *
 * @returns `end` where it holds of none before
 */
export function findFirst(start: number, end: number, holds: (at: number) => boolean): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
