import type { MetricUnit } from '../metrics/metric.ts';
import {
  REQUEST_METRICS,
  type RequestMetricName,
  STATISTIC_METRICS,
  type StatisticMetricName,
} from '../metrics/request-metrics.ts';
import { RUN_METRICS, type RunMetricName } from '../metrics/run-metrics.ts';

/** The unit of each metric by its name. */
function unitsOf<Name extends string>(
  metrics: readonly { readonly name: Name; readonly unit: MetricUnit }[],
): Readonly<Record<Name, MetricUnit>> {
  return Object.fromEntries(metrics.map(({ name, unit }) => [name, unit])) as Record<Name, MetricUnit>;
}

/** For the limits of goodput. */
export const LIMIT_UNITS: Readonly<Record<RequestMetricName, MetricUnit>> = unitsOf(REQUEST_METRICS);

export const STATISTIC_UNITS: Readonly<Record<StatisticMetricName, MetricUnit>> = unitsOf(STATISTIC_METRICS);

export const RUN_UNITS: Readonly<Record<RunMetricName, MetricUnit>> = unitsOf(RUN_METRICS);

/** The metrics that a failed request can make infinite, since someone waits for them. */
export const ADJUSTABLE_METRICS: readonly StatisticMetricName[] = REQUEST_METRICS.filter(
  ({ adjustable }) => adjustable === true,
).map(({ name }) => name);

/** How the good requests are counted: as a share of those sent, per second, or by their output tokens per second. */
export const GOODPUT_MEASURES = {
  goodput: 'share',
  goodput_per_s: 'requests/s',
  goodput_tokens_per_s: 'tokens/s',
} as const satisfies Readonly<Record<string, MetricUnit>>;

export type GoodputMeasure = keyof typeof GOODPUT_MEASURES;

/** What a selector can pick records by. */
export const SELECTOR_TAGS = [
  'model',
  'scenario',
  'status',
  'outcome',
  'kind',
  'stream',
  'finish_reason',
  'token_source',
  'turn',
] as const;

export type SelectorTag = (typeof SELECTOR_TAGS)[number];
