/** A number that many values have one of; the median is the 50th percentile. `percentile` is 0 to 100. */
export type Statistic =
  | { readonly method: 'avg' | 'min' | 'max' }
  | { readonly method: 'percentile'; readonly percentile: number };

/** A percentile of ascending values, 0 to 100; null without values. */
export type PercentileFunction = (sorted: ArrayLike<number>, percent: number) => number | null;

/** `avg` or `mean`, `min`, `max`, `med` or `median`, `p99.9`; null for anything else. */
export function readStatistic(name: string): Statistic | null {
  if (name === 'avg' || name === 'mean') return { method: 'avg' };
  if (name === 'min' || name === 'max') return { method: name };
  if (name === 'med' || name === 'median') return { method: 'percentile', percentile: 50 };
  const percentile = Number(/^p(\d+(?:\.\d+)?)$/.exec(name)?.[1] ?? Number.NaN);
  return percentile >= 0 && percentile <= 100 ? { method: 'percentile', percentile } : null;
}

/** A statistic of ascending values; null without values. Sums are ascending, so that no order of records changes a digit. */
export function computeStatistic(
  sorted: Float64Array,
  statistic: Statistic,
  percentile: PercentileFunction,
): number | null {
  if (sorted.length === 0) return null;
  switch (statistic.method) {
    case 'percentile':
      return percentile(sorted, statistic.percentile);
    case 'min':
      return sorted[0] as number;
    case 'max':
      return sorted.at(-1) as number;
    case 'avg':
      return sorted.reduce((total, value) => total + value, 0) / sorted.length;
    default:
      return statistic satisfies never;
  }
}
