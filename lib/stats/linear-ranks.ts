/** Which values make a percentile: their ranks (from 0), ascending, and the share of each; the shares add up to 1. */
export type RankWeights = readonly (readonly [rank: number, weight: number])[];

/**
 * The two values around position `(N - 1) * p / 100`, between which a percentile is interpolated.
 *
 * Variant: Hyndman & Fan type 7, the default of numpy and of R's `quantile`, and what k6 computes for `p(95)` (its
 * `TrendSink.P`), so that our tables can be compared with k6's summary number by number.
 * @param count how many values, at least one
 * @param percent 0 to 100 (99, not 0.99)
 */
export function linearRanks(count: number, percent: number): RankWeights {
  const position = (percent / 100) * (count - 1);
  const rank = Math.floor(position);
  const share = position - rank;
  if (share === 0) return [[rank, 1]];
  return [
    [rank, 1 - share],
    [rank + 1, share],
  ];
}
