/**
 * What of a request is resampled, in the order of the tables. `column`: where a sample has it; ITL has its own place.
 * `better`: which way an improvement goes.
 */
export const TIMING_METRICS = [
  { name: 'ttft', column: 'ttft', key: 'ttft_ms', title: 'TTFT', unit: 'ms', better: 'lower' },
  { name: 'tpot', column: 'tpot', key: 'tpot_ms', title: 'TPOT', unit: 'ms', better: 'lower' },
  { name: 'itl', column: null, key: 'itl_ms', title: 'ITL', unit: 'ms', better: 'lower' },
  { name: 'latency', column: 'latency', key: 'latency_ms', title: 'Latency', unit: 'ms', better: 'lower' },
  {
    name: 'output_speed',
    column: 'throughput',
    key: 'request_output_tokens_per_s',
    title: 'Output tokens/s of a request',
    unit: 'tok/s',
    better: 'higher',
  },
] as const;

/** Numbers that a run has one of. */
export const RUN_METRICS = [
  { name: 'requests_per_s', key: 'requests_per_s', title: 'Requests/s', unit: 'req/s', better: 'higher' },
  {
    name: 'output_tokens_per_s',
    key: 'output_tokens_per_s',
    title: 'Output tokens/s',
    unit: 'tok/s',
    better: 'higher',
  },
  { name: 'success_rate', key: 'success_ratio', title: 'Success rate', unit: 'ratio', better: 'higher' },
] as const;

export type TimingMetric = (typeof TIMING_METRICS)[number]['name'];
export type RunMetric = (typeof RUN_METRICS)[number]['name'];
export type MetricUnit = (typeof TIMING_METRICS | typeof RUN_METRICS)[number]['unit'];

/** `mean`, `p99`, `p99.9`; `run` for a number that a run has one of. */
export type StatisticName = 'mean' | 'run' | `p${number}`;

/** The percentiles of tables and comparisons. */
export const SHOWN_PERCENTILES = [50, 90, 95, 99] as const;

/** What is shown of every timing. */
export type ShownStatistic = 'mean' | `p${(typeof SHOWN_PERCENTILES)[number]}`;

/** A value for every timing and each of its shown statistics, by the timings' keys (`ttft_ms`). */
export type TimingTable<T> = Readonly<
  Record<(typeof TIMING_METRICS)[number]['key'], Readonly<Record<ShownStatistic, T>>>
>;

export function percentileName<P extends number>(percent: P): `p${P}` {
  return `p${percent}`;
}
