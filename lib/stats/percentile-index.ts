/**
 * The position of a percentile in N ascending values by the rule of evalscope's quick start, `int(N * p / 100)`.
 *
 * No interpolation. It lies one above the nearest rank: of 100 values, p50 is the 51st.
 * Source: evalscope `perf/utils/db_util.py`, `calculate_percentiles`, which also gives the last value for p >= 100; since
 * 1.14 evalscope takes the nearest rank.
 * @param count how many values, at least one
 * @param percent 0 to 100 (99, not 0.99)
 * @returns 0 to `count - 1`
 */
export function percentileIndex(count: number, percent: number): number {
  return Math.min(count - 1, Math.floor((count * percent) / 100));
}
