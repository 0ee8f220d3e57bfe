import type { ComparedMetricKey } from '../metrics/request-metrics.ts';

/** `mean`, `p99`, `p99.9`; `run` for a number that a run has one of. */
export type StatisticName = 'mean' | 'run' | `p${number}`;

/** The percentiles of tables and comparisons. */
export const SHOWN_PERCENTILES = [50, 90, 95, 99] as const;

/** What is shown of every timing. */
export type ShownStatistic = 'mean' | `p${(typeof SHOWN_PERCENTILES)[number]}`;

/** A value for every timing and each of its shown statistics, by the timings' keys (`ttft_ms`). */
export type TimingTable<T> = Readonly<Record<ComparedMetricKey, Readonly<Record<ShownStatistic, T>>>>;

export function percentileName<P extends number>(percent: P): `p${P}` {
  return `p${percent}`;
}
