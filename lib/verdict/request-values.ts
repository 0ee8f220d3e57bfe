import type { RequestLimit } from '../conditions/gates.ts';
import { holds } from '../conditions/operators.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { type RequestMetric, readMetric } from '../metrics/metric.ts';
import { REQUEST_METRICS, type RequestMetricName } from '../metrics/request-metrics.ts';

const BY_NAME = new Map(REQUEST_METRICS.map((metric) => [metric.name, metric]));

/** One number of a request, as the tables count it. */
export function readRequestValue(record: RequestRecord, name: RequestMetricName): number | null {
  return readMetric(BY_NAME.get(name) as RequestMetric, record);
}

/**
 * Whether a request is good: it completed, and meets every limit at once.
 *
 * A completed answer of a single token, or in a single chunk, has no pace, so it keeps every limit on the pace (as in
 * vLLM, which takes its TPOT for 0). Any other missing number meets no limit: what was not measured is not good.
 */
export function meetsLimits(record: RequestRecord, limits: readonly RequestLimit[]): boolean {
  if (record.outcome !== 'completed') return false;
  return limits.every(({ metric, operator, limit }) => {
    const value = readRequestValue(record, metric) ?? standIn(record, metric);
    return value !== null && holds(value, operator, limit);
  });
}

function standIn(record: RequestRecord, name: RequestMetricName): number | null {
  return record.clock_steps === undefined ? (BY_NAME.get(name)?.short?.(record) ?? null) : null;
}
