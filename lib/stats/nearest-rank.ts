/**
 * The position of a percentile in N ascending values by the nearest rank, `max(0, ceil(N * p / 100) - 1)`.
 *
 * No interpolation: the smallest value that at least p % of the values do not exceed. Of 100 values, p50 is the 50th.
 * Source: evalscope 1.14, `perf/utils`, whose percentiles are taken so; Hyndman & Fan type 1.
 * @param count how many values, at least one
 * @param percent 0 to 100 (99, not 0.99)
 * @returns 0 to `count - 1`
 */
export function nearestRank(count: number, percent: number): number {
  return Math.min(count - 1, Math.max(0, Math.ceil((count * percent) / 100) - 1));
}
