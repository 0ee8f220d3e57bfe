import { type PercentileRule, weighRanks } from './percentile-rule.ts';
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
 * The name of the statistic by which k6 gives a percentile exactly by a rule that takes one of the values.
 *
 * k6 interpolates at position `(N - 1) * x / 100`. With `x = 100 * k / (N - 1)` that position is k, the very value which
 * the rule takes, if the Trend has exactly N values. By the linear rule it is k6's own percentile.
 * @param count how many values the Trend will have, at least one
 */
export function exactStat(count: number, percent: number, rule: PercentileRule): string {
  if (count === 1 || rule === 'linear') return plainStat(percent);
  const [[rank]] = weighRanks(rule, count, percent) as [readonly [number, number]];
  return plainStat((100 * rank) / (count - 1));
}

/**
 * k6's `summaryTrendStats` for our tables: what k6 usually gives, the table's percentiles, and, for a known number of
 * requests, those that are exact by the rule.
 *
 * @param count requests of the run; null when only time bounds it
 */
export function exactTrendStats(count: number | null, rule: PercentileRule): string[] {
  const exact = count === null || count < 1 ? [] : PERCENTILES.map((percent) => exactStat(count, percent, rule));
  return [...new Set([...PLAIN_STATS, ...exact])];
}
