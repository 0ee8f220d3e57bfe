import type { Percentile } from '../stats/percentile-rule.ts';
import type { SortedValues } from '../stats/sorted-values.ts';

/** A number that many values have one of; the median is the 50th percentile. `percentile` is 0 to 100. */
export type Statistic =
  | { readonly method: 'avg' | 'min' | 'max' }
  | { readonly method: 'percentile'; readonly percentile: number };

/** `avg` or `mean`, `min`, `max`, `med` or `median`, `p99.9`; null for anything else. */
export function readStatistic(name: string): Statistic | null {
  if (name === 'avg' || name === 'mean') return { method: 'avg' };
  if (name === 'min' || name === 'max') return { method: name };
  if (name === 'med' || name === 'median') return { method: 'percentile', percentile: 50 };
  const percentile = Number(/^p(\d+(?:\.\d+)?)$/.exec(name)?.[1] ?? Number.NaN);
  return percentile >= 0 && percentile <= 100 ? { method: 'percentile', percentile } : null;
}

/** A statistic of ascending values; null without values. */
export function computeStatistic(sorted: SortedValues, statistic: Statistic, percentile: Percentile): number | null {
  switch (statistic.method) {
    case 'percentile':
      return percentile(sorted, statistic.percentile);
    case 'min':
      return sorted.at(0) ?? null;
    case 'max':
      return sorted.at(-1) ?? null;
    case 'avg':
      return sorted.mean();
    default:
      return statistic satisfies never;
  }
}
