import { hasTimings } from '../metrics/metric.ts';
import { computeRate } from '../metrics/rate.ts';
import { COMPARED_METRICS } from '../metrics/request-metrics.ts';
import type { Milliseconds } from '../shared/units.ts';
import { findTruncation } from './mser5.ts';
import { orderBy } from './order-by.ts';
import { choosePercentile, type PercentileRule } from './percentile-rule.ts';
import { listOutcomes, pickValues, type RunData, testLabels } from './run-data.ts';
import type { ShownStatistic, TimingTable } from './shown-statistics.ts';
import { inOrderOfEnd } from './sliced-values.ts';
import { sortGaps } from './sorted-gaps.ts';
import { type SortedValues, sortValues } from './sorted-values.ts';
import { total } from './time-slices.ts';

/** Numbers of the window in which a run was settled, to be shown beside those of the whole run. */
export interface SteadyState {
  readonly method: 'MSER-5';
  /** `too-short`: too few requests to tell; `not-settled`: the minimum lies at the end of what is searched. */
  readonly state: 'found' | 'too-short' | 'not-settled';
  /** Start of the first request in the window, and of the last one of the run, on the records' clock; null without one. */
  readonly from_ms: Milliseconds | null;
  readonly to_ms: Milliseconds | null;
  /** Requests before the window. */
  readonly left_out_requests: number | null;
  /** Requests that started in the window. */
  readonly requests: number | null;
  /** By metric (`ttft_ms`, …) and statistic (`mean`, `p99`, …), of the requests that started in the window; null without one. */
  readonly timings: TimingTable<number | null> | null;
  /** Completed requests that ended in the window, and their output tokens, over its length. */
  readonly requests_per_s: number | null;
  readonly output_tokens_per_s: number | null;
}

/**
 * Finds where a run has settled, by MSER-5 on the latency of its completed requests in the order of their start.
 *
 * The window ends when the last request starts: from then on the load drains, which MSER-5 does not look for.
 * Rates count what ended within the window, timings all that started in it.
 * @param rampUpMs for how long first starts were spread, warm-up requests among them: what began within it is not part
 */
export function findSteadyState(data: RunData, rule: PercentileRule, rampUpMs: Milliseconds = 0): SteadyState {
  const start = data.column('start_ms');
  const end = data.column('end_ms');
  const latency = data.values('latency');
  const byEnd = data.byEnd();
  const rampedUp = rampUpMs === 0 ? 0 : (data.warmups?.firstStart ?? data.firstStart ?? 0) + rampUpMs;
  const timed = orderBy(inOrderOfEnd(data, start))
    .map((place) => byEnd[place] as number)
    .filter((i) => !Number.isNaN(latency[i]) && (start[i] as number) >= rampedUp);
  const truncation = findTruncation(pickValues(latency, timed));
  const first = truncation === null ? undefined : timed[truncation];
  if (first === undefined) return createNothing(timed.length < 50 ? 'too-short' : 'not-settled');
  const from = start[first] as number;
  const to = start.reduce((latest, time) => Math.max(latest, time), from);
  const inside = byEnd.filter((i) => (start[i] as number) >= from);
  const ended = byEnd.filter((i) => (end[i] as number) > from && (end[i] as number) <= to);
  const timings = COMPARED_METRICS.map(({ name, key }) => {
    const sorted =
      name === 'itl'
        ? sortGaps(data.gaps, inside.filter(testLabels(data, hasTimings)))
        : sortValues(valuesAt(data.values(name), inside));
    return [key, describeValues(sorted, rule)];
  });
  const completed = valuesAt(listOutcomes(data), ended);
  const outputTokens = valuesAt(data.values('output_tokens'), ended);
  return {
    method: 'MSER-5',
    state: 'found',
    from_ms: from,
    to_ms: to,
    left_out_requests: data.count - inside.length,
    requests: inside.length,
    timings: Object.fromEntries(timings) as TimingTable<number | null>,
    requests_per_s: computeRate(total(completed), to - from),
    output_tokens_per_s: outputTokens.length === 0 ? null : computeRate(total(outputTokens), to - from),
  };
}

function createNothing(state: 'too-short' | 'not-settled'): SteadyState {
  return {
    method: 'MSER-5',
    state,
    from_ms: null,
    to_ms: null,
    left_out_requests: null,
    requests: null,
    timings: null,
    requests_per_s: null,
    output_tokens_per_s: null,
  };
}

function describeValues(sorted: SortedValues, rule: PercentileRule): Record<ShownStatistic, number | null> {
  const read = choosePercentile(rule);
  return {
    mean: sorted.mean(),
    p50: read(sorted, 50),
    p90: read(sorted, 90),
    p95: read(sorted, 95),
    p99: read(sorted, 99),
  };
}

/** The values of some requests, without those that have none. */
function valuesAt(column: Float64Array, requests: Uint32Array): Float64Array {
  return pickValues(column, requests).filter((value) => !Number.isNaN(value));
}
