/**
 * A percentile by linear interpolation between the two values around position `(N - 1) * p / 100`.
 *
 * Variant: Hyndman & Fan type 7, the default of numpy and of R's `quantile`, and what k6 computes for `p(95)` (its
 * `TrendSink.P`), so that our tables can be compared with k6's summary number by number.
 * @param sorted ascending, in any unit
 * @param percent 0 to 100 (99, not 0.99)
 * @returns in the unit of the values; null without values
 */
export function percentileLinear(sorted: ArrayLike<number>, percent: number): number | null {
  if (sorted.length === 0) return null;
  const position = (percent / 100) * (sorted.length - 1);
  const lower = sorted[Math.floor(position)] as number;
  const upper = sorted[Math.ceil(position)] as number;
  return lower + (upper - lower) * (position - Math.floor(position));
}
