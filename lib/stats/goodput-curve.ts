import { hasTimings } from '../metrics/metric.ts';
import { computeRate } from '../metrics/rate.ts';
import type { RequestMetricName } from '../metrics/request-metrics.ts';
import { findFirst } from '../shared/find-first.ts';
import type { Milliseconds } from '../shared/units.ts';
import { orderBy } from './order-by.ts';
import { listRequests, pickValues, type RunData, readWithParameter, testLabels } from './run-data.ts';

/**
 * What limits of goodput compare of each request: the metric, or what is taken in its place where a request is too short to have
 * one; NaN where nothing was measured, which meets no limit.
 */
export function readGoodputValues(run: RunData, metric: RequestMetricName, parameter?: number): Float64Array {
  const values = parameter === undefined ? run.values(metric) : readWithParameter(run, metric, parameter);
  const shorts = run.column(`short_${metric}`);
  const isTimed = testLabels(run, hasTimings);
  return values.map((value, request) =>
    Number.isNaN(value) && isTimed(request) ? (shorts[request] as number) : value,
  );
}

/** The metrics that have a curve, and the limits of a few points on it: the same for all runs. */
const CURVES = [
  { metric: 'ttft', limits: [100, 200, 500, 1000, 2000, 5000] },
  { metric: 'tpot', limits: [10, 20, 50, 100, 200, 500] },
  { metric: 'latency', limits: [1000, 2000, 5000, 10_000, 30_000, 60_000] },
] as const;

type GoodputMetric = (typeof CURVES)[number]['metric'];

/** What keeps a limit, for every limit: it rises at each value that a request has. */
export interface GoodputCurve {
  readonly metric: GoodputMetric;
  /** Requests that completed or failed, also those that left no record; cancelled ones are neither good nor bad. */
  readonly judged: number;
  /** Of those with a value, ascending. */
  readonly values: Float64Array;
  /** Output tokens of the requests up to each value, NaN below the first that was counted; null where nobody counted. */
  readonly tokens: Float64Array | null;
  readonly timeTakenMs: Milliseconds | null;
}

/** A point of a curve; rates are null where the run took no time, or nobody counted. */
export interface GoodputPoint {
  readonly limit_ms: Milliseconds;
  /** Requests at most as slow as the limit / all that completed or failed, 0 to 1. */
  readonly requests_ratio: number;
  readonly requests_per_s: number | null;
  readonly output_tokens_per_s: number | null;
}

/** Curves by the metrics' names; empty where no request completed or failed. */
export type GoodputSummary = Readonly<Partial<Record<GoodputMetric, readonly GoodputPoint[]>>>;

/**
 * How many requests, and tokens in them, meet each limit, by the rules of the gate `goodput(metric<=limit)`: a request that
 * failed meets none.
 *
 * @returns no curve of a metric that no request has, and none where nothing completed or failed
 */
export function listGoodputCurves(run: RunData): GoodputCurve[] {
  const judged = listRequests(run, ({ outcome }) => outcome !== 'cancelled').length + run.unfinished;
  if (judged === 0) return [];
  const completed = listRequests(run, ({ outcome }) => outcome === 'completed');
  const outputTokens = run.column('output_tokens');
  const isCounted = completed.some((request) => !Number.isNaN(outputTokens[request]));
  return CURVES.flatMap(({ metric }) => {
    const read = readGoodputValues(run, metric);
    const measured = completed.filter((request) => !Number.isNaN(read[request]));
    if (measured.length === 0) return [];
    const order = pickRequests(measured, orderBy(pickValues(read, measured)));
    const tokens = isCounted ? accumulate(pickValues(outputTokens, order)) : null;
    return [{ metric, judged, values: pickValues(read, order), tokens, timeTakenMs: run.timeTaken }];
  });
}

/** The few points of the curves that programs and tables have. */
export function summarizeGoodput(curves: readonly GoodputCurve[]): GoodputSummary {
  return Object.fromEntries(
    curves.map((curve) => [
      curve.metric,
      (CURVES.find(({ metric }) => metric === curve.metric)?.limits ?? []).map((limit) => goodputAt(curve, limit)),
    ]),
  );
}

function goodputAt({ judged, values, tokens, timeTakenMs }: GoodputCurve, limit: Milliseconds): GoodputPoint {
  const good = findFirst(0, values.length, (index) => (values[index] as number) > limit);
  const counted = tokens === null ? Number.NaN : good === 0 ? 0 : (tokens[good - 1] as number);
  return {
    limit_ms: limit,
    requests_ratio: good / judged,
    requests_per_s: computeRate(good, timeTakenMs),
    output_tokens_per_s: computeRate(Number.isNaN(counted) ? null : counted, timeTakenMs),
  };
}

/** NaN before the first count that is known. */
function accumulate(counts: Float64Array): Float64Array {
  let total = Number.NaN;
  return counts.map((count) => {
    if (!Number.isNaN(count)) total = Number.isNaN(total) ? count : total + count;
    return total;
  });
}

function pickRequests(requests: Uint32Array, order: Uint32Array): Uint32Array {
  return order.map((place) => requests[place] as number);
}
