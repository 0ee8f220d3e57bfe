import { hasTimings } from '../metrics/metric.ts';
import { POOLED, type StatisticMetricName } from '../metrics/request-metrics.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { PercentileRule } from './percentile-rule.ts';
import { choosePercentile } from './percentile-rule.ts';
import { type LabelFilter, pickValues, type RunData, testLabels } from './run-data.ts';
import { sortGaps } from './sorted-gaps.ts';
import { type SortedValues, sortValues } from './sorted-values.ts';

/** The width of a slice where nobody names one. */
export const DEFAULT_SLICE_MS = 10_000;
/** A last slice that is shorter than this share of the others is part of the one before. */
const SHORTEST_LAST = 0.5;
/** Beyond this, slices say nothing more and only take room. */
const MOST_SLICES = 10_000;

/** The requests that were sent in a stretch of a run, by their places. */
export interface RunSlice {
  /** Since the first start. */
  readonly from_ms: Milliseconds;
  readonly to_ms: Milliseconds;
  readonly requests: Uint32Array;
}

/**
 * Cuts a run into stretches of equal length by the starts of its requests. Stretches without a request are there, too.
 *
 * @returns empty without requests
 */
export function cutByStart(run: RunData, widthMs: Milliseconds): RunSlice[] {
  const first = run.firstStart;
  if (first === null || widthMs <= 0) return [];
  const starts = run.column('start_ms');
  const span = starts.reduce((most, start) => Math.max(most, start - first), 0);
  const whole = Math.max(1, Math.floor(span / widthMs) + (span % widthMs >= SHORTEST_LAST * widthMs ? 1 : 0));
  const count = Math.min(whole, MOST_SLICES);
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (let request = 0; request < run.count; request++) {
    const slice = Math.min(count - 1, Math.floor(((starts[request] as number) - first) / widthMs));
    (lists[slice] as number[]).push(request);
  }
  return lists.map((requests, index) => ({
    from_ms: index * widthMs,
    to_ms: index === count - 1 ? Math.max(span, (index + 1) * widthMs) : (index + 1) * widthMs,
    requests: Uint32Array.from(requests),
  }));
}

/** A metric of the requests of a slice whose label is meant, in ascending order. */
export function sortSlice(
  run: RunData,
  { requests }: RunSlice,
  name: StatisticMetricName,
  isMeant: LabelFilter = () => true,
): SortedValues {
  const isListed = testLabels(run, (label) => isMeant(label) && (name !== POOLED.name || hasTimings(label)));
  const listed = requests.filter(isListed);
  return name === POOLED.name ? sortGaps(run.gaps, listed) : sortValues(pickValues(run.values(name), listed));
}

/** A stretch of a run in numbers; null where no request of it has one. */
export interface SliceSummary {
  readonly from_s: number;
  readonly to_s: number;
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
  readonly ttft_p50_ms: Milliseconds | null;
  readonly ttft_p99_ms: Milliseconds | null;
  readonly tpot_avg_ms: Milliseconds | null;
  readonly latency_p99_ms: Milliseconds | null;
  /** Of the answers that began in it, over its length. */
  readonly output_tokens_per_s: number | null;
}

/** The slices of a run, for a table. */
export function summarizeSlices(run: RunData, widthMs: Milliseconds, rule: PercentileRule): SliceSummary[] {
  const percentile = choosePercentile(rule);
  const isCompleted = testLabels(run, ({ outcome }) => outcome === 'completed');
  const isFailed = testLabels(run, ({ outcome }) => outcome === 'failed');
  return cutByStart(run, widthMs).map((slice) => {
    const { from_ms, to_ms, requests } = slice;
    const [ttft, tokens] = [sortSlice(run, slice, 'ttft'), sortSlice(run, slice, 'output_tokens')];
    return {
      from_s: from_ms / 1000,
      to_s: to_ms / 1000,
      requests: requests.length,
      completed: requests.filter(isCompleted).length,
      failed: requests.filter(isFailed).length,
      ttft_p50_ms: percentile(ttft, 50),
      ttft_p99_ms: percentile(ttft, 99),
      tpot_avg_ms: sortSlice(run, slice, 'tpot').mean(),
      latency_p99_ms: percentile(sortSlice(run, slice, 'latency'), 99),
      output_tokens_per_s: tokens.length === 0 ? null : (tokens.sum() / (to_ms - from_ms)) * 1000,
    };
  });
}
