import { exactStat, plainStat } from './exact-trend-stats.ts';
import type { MetricValues } from './metric-values.ts';
import type { PercentileColumn } from './percentile-rows.ts';
import type { PercentileMethod } from './run-summary.ts';
import type { SummaryContext } from './summary-context.ts';

/** Gives the columns of the percentile table out of k6's Trends, and remembers how they were taken. */
export interface TrendPercentiles {
  /** The column of a Trend; `whole` for counts, which interpolation by a float would leave a hair off a whole number. */
  column(metric: string, values: 'whole' | 'any'): PercentileColumn;
  /** How the columns so far were taken, as a whole: one that had to be interpolated makes it `interpolated`. */
  method(): PercentileMethod;
}

/**
 * Takes evalscope's percentiles exactly from a Trend that has the number of values the run was to have; from any other
 * (a request failed, or had no TPOT) k6's linear ones stand in.
 */
export function createTrendPercentiles(values: MetricValues, context: SummaryContext): TrendPercentiles {
  const { expectedRequests, percentileRule } = context;
  let interpolated = false;
  return {
    column(metric, kind) {
      const count = values.trendCount(metric);
      const exact =
        percentileRule === 'evalscope' &&
        (count === 1 || (count === expectedRequests && values.trend(metric, exactStat(count, 99)) !== null));
      if (!exact && count > 0) interpolated = true;
      return (percent) => {
        const value = values.trend(metric, exact ? exactStat(count, percent) : plainStat(percent));
        return value !== null && exact && kind === 'whole' ? Math.round(value) : value;
      };
    },
    method: () => (percentileRule === 'linear' ? 'linear' : interpolated ? 'interpolated' : 'index'),
  };
}
