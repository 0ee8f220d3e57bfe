import { Counter, Gauge, type Metric, Rate, Trend } from 'k6/metrics';
import type { SampleMetric } from '../metrics/sample-metrics.ts';

/** k6's metrics by their names. */
export type K6Metrics = Readonly<Record<string, Metric>>;

/** Makes every metric, as k6 allows only when a script loads. */
export function createK6Metrics(list: readonly Omit<SampleMetric, 'meaning'>[]): K6Metrics {
  const types = { counter: Counter, gauge: Gauge, rate: Rate, trend: Trend };
  return Object.fromEntries(list.map(({ name, type, isTime }) => [name, new types[type](name, isTime)]));
}

/** One sample of a metric of ours. */
export function addSample(metrics: K6Metrics, name: string, value: number | boolean): void {
  (metrics[name] as Metric).add(value as number);
}
