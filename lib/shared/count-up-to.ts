/** How many of `length` ascending values are at most so large. */
export function countUpTo(length: number, valueAt: (index: number) => number, most: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
