/** Two things measured in turn, and the ratio of each pair. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly pairs: number;
}

/**
 * Measures A B A B … and takes a ratio of each pair, because a machine's speed drifts: neighbours in time have the same.
 *
 * @param ratio of one pair
 * @returns the ratios, and what was measured
 */
export async function measurePairs<A, B>(
  pairs: number,
  measureA: () => Promise<A>,
  measureB: () => Promise<B>,
): Promise<readonly (readonly [A, B])[]> {
  const measured: (readonly [A, B])[] = [];
  for (let i = 0; i < pairs; i++) measured.push([await measureA(), await measureB()]);
  return measured;
}

/** Median (the mean of the middle two where their number is even), least and most. @param values at least one */
export function summarizeRatios(values: readonly number[]): Ratio {
  const ascending = [...values].sort((a, b) => a - b);
  return {
    median: median(ascending),
    min: ascending[0] as number,
    max: ascending.at(-1) as number,
    pairs: values.length,
  };
}

/** `0.45 (0.41 to 0.47)` */
export function formatRatio({ median, min, max }: Ratio): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

/** The middle of a sample, at least one value, in any order. */
export function median(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const middle = ascending.length / 2;
  const upper = ascending[Math.floor(middle)] as number;
  return Number.isInteger(middle) ? ((ascending[middle - 1] as number) + upper) / 2 : upper;
}

/** The mean of a sample, at least one value. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}
