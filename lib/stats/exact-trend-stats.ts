import { percentileIndex } from './percentile-index.ts';
import type { PercentileRule } from './percentile-rule.ts';
import { PERCENTILES } from './run-summary.ts';

const PLAIN_STATS = ['avg', 'min', 'med', 'max', 'count', ...PERCENTILES.map(plainStat)];

/** The statistics that the tables need and a list of k6's lacks; by the names k6 has for them. */
export function missingTrendStats(given: readonly string[]): string[] {
  return PLAIN_STATS.filter((stat) => !given.includes(stat));
}

/** k6's name of a percentile in its own, linear way: `p(95)`. */
export function plainStat(percent: number): string {
  return `p(${percent})`;
}

/**
 * The name of the statistic by which k6 gives a row of evalscope's table exactly.
 *
 * k6 interpolates at position `(N - 1) * x / 100`. With `x = 100 * k / (N - 1)` that position is k, the very value which
 * evalscope's rule takes, if the Trend has exactly N values.
 * @param count how many values the Trend will have, at least one
 */
export function exactStat(count: number, percent: number): string {
  return count === 1 ? plainStat(percent) : plainStat((100 * percentileIndex(count, percent)) / (count - 1));
}

/**
 * k6's `summaryTrendStats` for our tables: what k6 usually gives, the table's percentiles, and, for a known number of
 * requests, the exact ones of evalscope's rule.
 *
 * @param count requests of the run; null when only time bounds it
 */
export function exactTrendStats(count: number | null, rule: PercentileRule): string[] {
  const exact =
    count === null || count < 1 || rule === 'linear' ? [] : PERCENTILES.map((percent) => exactStat(count, percent));
  return [...new Set([...PLAIN_STATS, ...exact])];
}
