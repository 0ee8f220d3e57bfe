import { hasTimings } from '../metrics/metric.ts';
import { computeRate } from '../metrics/rate.ts';
import { POOLED, type StatisticMetricName } from '../metrics/request-metrics.ts';
import { findFirst } from '../shared/find-first.ts';
import type { Milliseconds } from '../shared/units.ts';
import { createOutputTimes } from './output-times.ts';
import type { PercentileRule } from './percentile-rule.ts';
import { choosePercentile } from './percentile-rule.ts';
import { type LabelFilter, listRequests, pickValues, type RunData, readWithParameter, testLabels } from './run-data.ts';
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
 * Cuts a run into stretches of equal length by the starts of its requests, up to the run's end. Stretches without a request are
 * there, too.
 *
 * @returns empty without requests
 */
export function cutByStart(run: RunData, widthMs: Milliseconds): RunSlice[] {
  const first = run.firstStart;
  if (first === null || widthMs <= 0) return [];
  const starts = run.column('start_ms');
  const span = starts.reduce((most, start) => Math.max(most, start - first), run.timeTaken ?? 0);
  const count = Math.min(Math.max(1, countSlices(span, widthMs)), MOST_SLICES);
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (let request = 0; request < run.count; request++) {
    const slice = Math.min(count - 1, Math.floor(((starts[request] as number) - first) / widthMs));
    (lists[slice] as number[]).push(request);
  }
  return lists.map((requests, index) => ({
    from_ms: index * widthMs,
    to_ms: index === count - 1 ? span : (index + 1) * widthMs,
    requests: Uint32Array.from(requests),
  }));
}

/** How many slices a time has: a last one that is short is part of the one before. */
function countSlices(time: Milliseconds, widthMs: Milliseconds): number {
  return Math.floor(time / widthMs) + (time % widthMs >= SHORTEST_LAST * widthMs ? 1 : 0);
}

/** Which of a metric's values a slice is asked for. */
interface SliceSelection {
  /** Of a metric that has one; absent: its default. */
  readonly parameter?: number | undefined;
  readonly isMeant?: LabelFilter;
}

/** Sorts a metric of the requests of a slice whose label is meant, slice by slice; the run is read once for all of them. */
export function createSliceSorter(
  run: RunData,
  name: StatisticMetricName,
  { parameter, isMeant = () => true }: SliceSelection = {},
): (slice: RunSlice) => SortedValues {
  const isListed = testLabels(run, (label) => isMeant(label) && (name !== POOLED.name || hasTimings(label)));
  if (name === POOLED.name) return ({ requests }) => sortGaps(run.gaps, requests.filter(isListed));
  const column = parameter === undefined ? run.values(name) : readWithParameter(run, name, parameter);
  return ({ requests }) => sortValues(pickValues(column, requests.filter(isListed)));
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
  /** Of the tokens that came in it, whenever their answers began; null where no answer of the run has a count. */
  readonly output_tokens_per_s: number | null;
}

/** The slices of a run, up to its end, for a table. */
export function summarizeSlices(run: RunData, widthMs: Milliseconds, rule: PercentileRule): SliceSummary[] {
  const percentile = choosePercentile(rule);
  const isCompleted = testLabels(run, ({ outcome }) => outcome === 'completed');
  const isFailed = testLabels(run, ({ outcome }) => outcome === 'failed');
  const [sortTtft, sortTpot] = [createSliceSorter(run, 'ttft'), createSliceSorter(run, 'tpot')];
  const sortLatency = createSliceSorter(run, 'latency');
  const slices = cutByStart(run, widthMs);
  const tokens = sumTokens(run, slices);
  return slices.map((slice, place) => {
    const { from_ms, to_ms, requests } = slice;
    const ttft = sortTtft(slice);
    return {
      from_s: from_ms / 1000,
      to_s: to_ms / 1000,
      requests: requests.length,
      completed: requests.filter(isCompleted).length,
      failed: requests.filter(isFailed).length,
      ttft_p50_ms: percentile(ttft, 50),
      ttft_p99_ms: percentile(ttft, 99),
      tpot_avg_ms: sortTpot(slice).mean(),
      latency_p99_ms: percentile(sortLatency(slice), 99),
      output_tokens_per_s: computeRate(tokens === null ? null : (tokens[place] as number), to_ms - from_ms),
    };
  });
}

/** The output tokens that came in each slice; null where nobody counted any. */
function sumTokens(run: RunData, slices: readonly RunSlice[]): Float64Array | null {
  const counts = run.values('output_tokens');
  const counted = listRequests(run, ({ outcome }) => outcome === 'completed').filter(
    (request) => !Number.isNaN(counts[request]),
  );
  if (counted.length === 0) return null;
  const outputTimes = createOutputTimes(run);
  const sums = new Float64Array(slices.length);
  for (const request of counted) {
    const { first, gaps } = outputTimes(request);
    const part = (counts[request] as number) / (gaps.length + 1);
    let time = first - (run.firstStart as Milliseconds);
    let at = findFirst(0, slices.length - 1, (place) => time < (slices[place] as RunSlice).to_ms);
    for (let chunk = 0; chunk <= gaps.length; chunk++) {
      if (chunk > 0) time += gaps[chunk - 1] as Milliseconds;
      while (at < slices.length - 1 && time >= (slices[at] as RunSlice).to_ms) at++;
      sums[at] = (sums[at] as number) + part;
    }
  }
  return sums;
}
