import { COMPARED_METRICS, type ComparedMetricName } from '../metrics/request-metrics.ts';
import type { ComparedRunMetricName } from '../metrics/run-metrics.ts';
import type { PercentileRule } from './percentile-rule.ts';
import { createQuantileGrid } from './quantile-grid.ts';
import { type ResampledNumber, resampleQuantile, resampleQuotient } from './resampled-number.ts';
import { resampleSuccess } from './resampled-success.ts';
import { createResampler, type Resampler, saltSeed } from './resampler.ts';
import { listOutcomes, type RunData } from './run-data.ts';
import { percentileName, type StatisticName } from './shown-statistics.ts';
import { inOrderOfEnd, sliceValues } from './sliced-values.ts';
import { cutIntoSlices, sumPerSlice, type TimeSlices, total } from './time-slices.ts';

/** How a run is resampled, and by which rule its percentiles are taken. */
export interface ResampleOptions {
  readonly seed: number;
  readonly replicates: number;
  readonly percentileRule: PercentileRule;
  /** 0 to 100, for every timing. */
  readonly percentiles: readonly number[];
}

/** The numbers of a timing by statistic; null where nothing was measured. */
type ResampledTiming = Readonly<Partial<Record<StatisticName, ResampledNumber | null>>>;

/** A run's numbers with replicates. */
export interface ResampledRun {
  readonly slices: number;
  readonly timings: Readonly<Record<ComparedMetricName, ResampledTiming>>;
  readonly rates: Readonly<Record<ComparedRunMetricName, ResampledNumber | null>>;
}

/** With 1,000 replicates the limits lie within half a percent of their level, and 100,000 requests take a few seconds. */
export const DEFAULT_RESAMPLING = { seed: 42, replicates: 1000 } as const;

/**
 * Resamples the requests of a run by blocks of time, and takes every number of every replicate.
 *
 * Each number has a block length of its own, estimated from how it hangs together in time.
 * A percentile costs about 11 sums over the slices a replicate.
 */
export function resampleRun(data: RunData, options: ResampleOptions): ResampledRun {
  const slices = cutIntoSlices(data.count);
  const resampler = createResampler(slices.count, options.replicates, options.seed);
  const timings = COMPARED_METRICS.map(({ name }) => [name, resampleTiming(data, slices, name, resampler, options)]);
  return {
    slices: slices.count,
    timings: Object.fromEntries(timings),
    rates: {
      ...resampleThroughput(data, options),
      success_rate: resampleSuccesses(data, slices, resampler, saltSeed(options.seed, 0.5)),
    },
  };
}

function resampleTiming(
  data: RunData,
  slices: TimeSlices,
  metric: ComparedMetricName,
  resampler: Resampler,
  { percentileRule, percentiles }: ResampleOptions,
): ResampledTiming {
  const values = sliceValues(data, slices, metric);
  const grid = createQuantileGrid(values, slices.count, percentileRule, percentiles);
  const { requests } = values;
  const mean = resampleQuotient({ numerators: grid.sums, denominators: grid.perSlice, requests }, resampler);
  const quantiles = percentiles.map((percent) => [
    percentileName(percent),
    resampleQuantile(grid, percent, requests, resampler),
  ]);
  return { mean, ...Object.fromEntries(quantiles) };
}

/**
 * Requests and tokens per second.
 *
 * Their slices are as long as a round: as many requests as were under way on average, by Little's law. With several at a
 * time, ends come in groups, and the times between them say nothing before a group is complete.
 */
function resampleThroughput(
  data: RunData,
  { replicates, seed }: ResampleOptions,
): Omit<ResampledRun['rates'], 'success_rate'> {
  const { count, firstStart } = data;
  if (count === 0 || firstStart === null) return { requests_per_s: null, output_tokens_per_s: null };
  const end = inOrderOfEnd(data, data.column('end_ms'));
  // What leads to the first end, the service filling up, happens once in a run however long it is. Each further end
  // brings the time since the one before, so that together they are the time taken.
  const repeated = count - 1;
  const slices = cutIntoSlices(
    repeated,
    Math.max(1, Math.round(countUnderWay(end, inOrderOfEnd(data, data.column('start_ms')), firstStart))),
  );
  const resampler = createResampler(slices.count, replicates, saltSeed(seed, 0.25));
  const perSlice = (read: (request: number) => number): Float64Array =>
    sumPerSlice(slices, repeated, (i) => read(i + 1));
  const denominators = perSlice((i) => ((end[i] as number) - (end[i - 1] as number)) / 1000);
  const toFirstEnd = ((end[0] as number) - firstStart) / 1000;
  const resample = (column: Float64Array): ResampledNumber | null => {
    const first = column[0] as number;
    const fixed = { numerator: Number.isNaN(first) ? 0 : first, denominator: toFirstEnd };
    const numerators = perSlice((i) => column[i] as number);
    return total(numerators) + fixed.numerator === 0
      ? null
      : resampleQuotient({ numerators, denominators, fixed, requests: count }, resampler);
  };
  return {
    requests_per_s: resample(inOrderOfEnd(data, listOutcomes(data))),
    output_tokens_per_s: resample(inOrderOfEnd(data, data.values('output_tokens'))),
  };
}

/** Requests under way on average: the sum of their times over the time taken; 0 without time. */
function countUnderWay(end: Float64Array, start: Float64Array, firstStart: number): number {
  const timeTaken = (end.at(-1) as number) - firstStart;
  return timeTaken <= 0 ? 0 : (total(end) - total(start)) / timeTaken;
}

function resampleSuccesses(
  data: RunData,
  slices: TimeSlices,
  resampler: Resampler,
  seed: number,
): ResampledNumber | null {
  const completed = inOrderOfEnd(data, listOutcomes(data));
  const perSlice = (read: (request: number) => number): Float64Array => sumPerSlice(slices, data.count, read);
  const successes = {
    completed: perSlice((i) => completed[i] as number),
    requests: perSlice((i) => (Number.isNaN(completed[i]) ? 0 : 1)),
    unfinished: data.unfinished,
  };
  return resampleSuccess(successes, resampler, seed);
}
