import type { PooledMetric, RequestMetric } from './metric.ts';
import { REQUEST_COUNTERS, type RequestCounter } from './request-counters.ts';
import { POOLED, REQUEST_METRICS } from './request-metrics.ts';

/** What becomes samples of k6 when a request has finished. */
export interface EmittedMetrics {
  readonly counters: readonly RequestCounter[];
  readonly trends: readonly (RequestMetric & { readonly trend: string })[];
  readonly pooled: PooledMetric & { readonly trend: string };
}

/** A function, since a bundle makes the tables with the first answer of a VU. */
export function listEmitted(): EmittedMetrics {
  const trends = REQUEST_METRICS.filter(({ trend }) => trend !== null) as EmittedMetrics['trends'];
  return { counters: REQUEST_COUNTERS, trends, pooled: POOLED as EmittedMetrics['pooled'] };
}
