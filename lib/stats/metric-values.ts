/** What k6 hands to `handleSummary` as `data.metrics`, as far as a summary needs it. */
export type SummaryMetrics = Readonly<
  Record<string, { readonly values: Readonly<Record<string, number>> } | undefined>
>;

/** Looks up single values of k6's metrics. */
export interface MetricValues {
  /** One statistic; null when the metric or the statistic is absent. */
  get(metric: string, statistic: string): number | null;
  /** How many values a Trend has; 0 when it is absent, null when k6 was told not to count. */
  trendCount(metric: string): number | null;
  /** One statistic of a Trend; null without values, where k6 shows zeros for a metric that a threshold names. */
  trend(metric: string, statistic: string): number | null;
  /** A Counter's sum; 0 when it is absent. */
  counter(metric: string): number;
}

export function createMetricValues(metrics: SummaryMetrics): MetricValues {
  const get = (metric: string, statistic: string): number | null => {
    const value = metrics[metric]?.values[statistic];
    return value === undefined || !Number.isFinite(value) ? null : value;
  };
  const trendCount = (metric: string): number | null => {
    const values = metrics[metric]?.values;
    if (values === undefined) return 0;
    if (values['count'] !== undefined) return values['count'];
    // Without a count, zeros alone are those of a metric that only a threshold names.
    return Object.values(values).every((value) => value === 0) ? 0 : null;
  };
  return {
    get,
    trendCount,
    trend: (metric, statistic) => (trendCount(metric) === 0 ? null : get(metric, statistic)),
    counter: (metric) => get(metric, 'count') ?? 0,
  };
}
