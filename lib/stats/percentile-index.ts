/**
 * The position of a percentile in N ascending values by evalscope's rule, `int(N * p / 100)`.
 *
 * No interpolation. It lies one above the nearest rank: of 100 values, p50 is the 51st.
 * Source: evalscope `perf/utils/db_util.py`, `calculate_percentiles`, which also gives the last value for p >= 100.
 * @param count how many values, at least one
 * @param percent 0 to 100 (99, not 0.99)
 * @returns 0 to `count - 1`
 */
export function percentileIndex(count: number, percent: number): number {
  return Math.min(count - 1, Math.floor((count * percent) / 100));
}

/**
 * A percentile by evalscope's rule: always one of the values.
 *
 * @param sorted ascending, in any unit
 * @param percent 0 to 100 (99, not 0.99)
 * @returns in the unit of the values; null without values
 */
export function percentileByIndex(sorted: ArrayLike<number>, percent: number): number | null {
  return sorted.length === 0 ? null : (sorted[percentileIndex(sorted.length, percent)] as number);
}
