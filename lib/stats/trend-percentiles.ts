import { exactStat, plainStat } from './exact-trend-stats.ts';
import type { MetricValues } from './metric-values.ts';
import type { PercentileColumn } from './percentile-rows.ts';
import { PERCENTILE_METHODS, PERCENTILES, type PercentileMethod } from './run-summary.ts';
import type { SummaryContext } from './summary-context.ts';

/** Gives the columns of the percentile table out of k6's Trends, and remembers how they were taken. */
export interface TrendPercentiles {
  /** The column of a Trend; `whole` for counts, which interpolation by a float would leave a hair off a whole number. */
  column(metric: string, values: 'whole' | 'any'): PercentileColumn;
  /**
   * How the columns so far were taken, as a whole: one that had to be interpolated makes it `interpolated`. null where
   * there are values and k6 gave no percentile of any.
   */
  method(): PercentileMethod | null;
}

/**
 * Takes percentiles exactly from a Trend that has the number of values the run was to have; from any other
 * (a request failed, or had no TPOT) k6's linear ones are used.
 */
export function createTrendPercentiles(values: MetricValues, context: SummaryContext): TrendPercentiles {
  const { expectedRequests, percentileRule } = context;
  // k6's own flags change how many requests there are, not which statistics the bundle asked for.
  const hasExact = (metric: string, count: number): boolean =>
    PERCENTILES.every((percent) => values.trend(metric, exactStat(count, percent, percentileRule)) !== null);
  let interpolated = false;
  let withheld = false;
  let given = false;
  return {
    column(metric, kind) {
      const count = values.trendCount(metric);
      const exact = count !== null && (count === 1 || (count === expectedRequests && hasExact(metric, count)));
      const hasValues = count !== 0;
      if (!exact && hasValues) interpolated = true;
      return (percent) => {
        const value = values.trend(
          metric,
          exact ? exactStat(count as number, percent, percentileRule) : plainStat(percent),
        );
        if (value !== null) given = true;
        else if (hasValues) withheld = true;
        return value !== null && exact && percentileRule !== 'linear' && kind === 'whole' ? Math.round(value) : value;
      };
    },
    method() {
      if (withheld && !given) return null;
      return interpolated && percentileRule !== 'linear' ? 'interpolated' : PERCENTILE_METHODS[percentileRule];
    },
  };
}
