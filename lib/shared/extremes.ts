/** A function takes so many arguments in every engine, and they are not a burden on a VU's memory. */
export const MOST_ARGUMENTS = 4096;

/** Of at most `MOST_ARGUMENTS` numbers; native code finds it, far faster in k6 than a loop (docs/accuracy.md). -Infinity for none. */
export function highest(values: ArrayLike<number>): number {
  return Math.max.apply(null, values as number[]);
}

/** As `highest`; Infinity for none. */
export function lowest(values: ArrayLike<number>): number {
  return Math.min.apply(null, values as number[]);
}
