import { computeRate } from '../metrics/rate.ts';
import { type Milliseconds, roundToMicroseconds } from '../shared/units.ts';
import { findTruncation } from './mser5.ts';
import type { PercentileRule } from './percentile-rule.ts';
import { createQuantileGrid } from './quantile-grid.ts';
import { SHOWN_PERCENTILES, type ShownStatistic, TIMING_METRICS, type TimingTable } from './run-metrics.ts';
import { orderBy, type RunSample } from './run-sample.ts';

/** Numbers of the window in which a run was settled, to stand beside those of the whole run. */
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
 */
export function findSteadyState(sample: RunSample, rule: PercentileRule): SteadyState {
  const timed = orderBy(sample.start).filter((i) => !Number.isNaN(sample.latency[i] as number));
  const truncation = findTruncation(Float64Array.from(timed, (i) => sample.latency[i] as number));
  const first = truncation === null ? undefined : timed[truncation];
  if (first === undefined) return createNothing(timed.length < 50 ? 'too-short' : 'not-settled');
  const from = sample.start[first] as number;
  const to = sample.start.reduce((latest, start) => Math.max(latest, start), from);
  const length = to - from;
  const inside = (i: number): boolean => (sample.start[i] as number) >= from;
  const endsInside = (i: number): boolean => (sample.end[i] as number) > from && (sample.end[i] as number) <= to;
  const requests = countWhere(sample.count, inside);
  const timings = TIMING_METRICS.map(({ column, key }) => {
    const values = column === null ? gapsOf(sample, inside) : valuesOf(sample[column], inside);
    return [key, describeValues(values, rule, column === null)];
  });
  const outputTokens = valuesOf(sample.outputTokens, endsInside);
  return {
    method: 'MSER-5',
    state: 'found',
    from_ms: from,
    to_ms: to,
    left_out_requests: sample.count - requests,
    requests,
    timings: Object.fromEntries(timings) as TimingTable<number | null>,
    requests_per_s: computeRate(
      countWhere(sample.count, (i) => endsInside(i) && sample.completed[i] === 1),
      length,
    ),
    output_tokens_per_s:
      outputTokens.length === 0
        ? null
        : computeRate(
            outputTokens.reduce((sum, count) => sum + count, 0),
            length,
          ),
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

/** @param isRounded whether the values were kept with seven digits, and are to be given in whole microseconds */
function describeValues(
  values: Float32Array | Float64Array,
  rule: PercentileRule,
  isRounded: boolean,
): Record<ShownStatistic, number | null> {
  const { sums, percentiles } = createQuantileGrid(
    { values, slices: new Uint16Array(values.length) },
    1,
    rule,
    SHOWN_PERCENTILES,
  );
  const read = (percent: number): number | null => {
    const value = percentiles.get(percent)?.value ?? null;
    return isRounded && value !== null ? roundToMicroseconds(value) : value;
  };
  return {
    mean: values.length === 0 ? null : (sums[0] as number) / values.length,
    p50: read(50),
    p90: read(90),
    p95: read(95),
    p99: read(99),
  };
}

function countWhere(count: number, holds: (request: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < count; i++) if (holds(i)) found += 1;
  return found;
}

function valuesOf(column: Float64Array, holds: (request: number) => boolean): Float64Array {
  return column.filter((value, i) => !Number.isNaN(value) && holds(i));
}

function gapsOf({ count, gaps, gapsFrom, gapsTo }: RunSample, holds: (request: number) => boolean): Float32Array {
  const held = new Float32Array(gaps.length);
  let length = 0;
  for (let i = 0; i < count; i++) {
    if (!holds(i)) continue;
    const own = gaps.subarray(gapsFrom[i] as number, gapsTo[i] as number);
    held.set(own, length);
    length += own.length;
  }
  return held.subarray(0, length);
}
