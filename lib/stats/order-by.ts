/**
 * The positions of values in ascending order; equal values keep theirs.
 *
 * Merges runs of growing length: most columns are nearly in order as they came, and `sort` with a comparison of its own
 * takes boxes for a million numbers.
 */
export function orderBy(values: Float64Array): Uint32Array {
  let from = new Uint32Array(values.length);
  for (let i = 0; i < from.length; i++) from[i] = i;
  let to = new Uint32Array(values.length);
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) mergeRuns(values, from, to, start, width);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges the two runs that begin at `start`, of `width` places each, as far as there are so many. */
function mergeRuns(values: Float64Array, from: Uint32Array, to: Uint32Array, start: number, width: number): void {
  const middle = Math.min(start + width, values.length);
  const end = Math.min(middle + width, values.length);
  let [left, right] = [start, middle];
  for (let at = start; at < end; at++) {
    const isLeft =
      left < middle &&
      (right >= end || !((values[from[right] as number] as number) < (values[from[left] as number] as number)));
    to[at] = from[isLeft ? left++ : right++] as number;
  }
}
