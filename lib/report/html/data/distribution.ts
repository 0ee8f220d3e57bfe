import { choosePercentile, type PercentileRule } from '../../../stats/percentile-rule.ts';
import type { HeadlineMetric } from '../../../stats/run-summary.ts';
import type { SortedValues } from '../../../stats/sorted-values.ts';
import type { Curve, Distribution } from '../report-data.ts';
import { buildHistogram, type WeightedIntervals } from './histogram.ts';
import { LOG_BIN_COUNT, logBinQuantile, logBinStart } from './log-bins.ts';
import { rounded } from './nice-step.ts';

/** Marks on both pictures. */
const SHOWN_QUANTILES = [50, 90, 99];
/** Points of an ECDF: enough for a line on any screen. */
const ECDF_POINTS = 300;

/**
 * The distribution of values that are all there.
 *
 * @param sorted milliseconds
 * @returns null without values
 */
export function describeValues(
  metric: HeadlineMetric,
  sorted: SortedValues,
  rule: PercentileRule,
): Distribution | null {
  const count = sorted.length;
  if (count === 0) return null;
  const percentile = choosePercentile(rule);
  const at = (percent: number): number => percentile(sorted, percent) as number;
  const valueAt = (rank: number): number => sorted.at(rank) as number;
  const intervals: WeightedIntervals = {
    count,
    each: (visit) => {
      for (let rank = 0; rank < count; rank++) visit(valueAt(rank), valueAt(rank), 1);
    },
  };
  const [min, max] = [valueAt(0), valueAt(count - 1)];
  return {
    metric,
    count,
    min,
    max,
    mean: sorted.sum() / count,
    quantiles: SHOWN_QUANTILES.map((percent) => ({ percent, value: at(percent) })),
    histogram: buildHistogram(intervals, { min, q1: at(25), q3: at(75), p995: at(99.5), max }),
    ecdf: traceShares(sorted),
  };
}

/** The share of values up to a value. */
export function traceShares(sorted: SortedValues): Curve {
  const ranks = chooseRanks(sorted.length);
  return {
    values: ranks.map((rank) => rounded(sorted.at(rank - 1) as number)),
    shares: ranks.map((rank) => rank / sorted.length),
  };
}

/** Ranks from 1 to N for the points of a line: all of few, else evenly spaced ones and, towards N, ever closer ones, for the tail. */
export function chooseRanks(count: number): number[] {
  if (count <= ECDF_POINTS) return Array.from({ length: count }, (_, i) => i + 1);
  const ranks = new Set<number>([1, count]);
  for (let i = 1; i < ECDF_POINTS; i++) ranks.add(Math.max(1, Math.round((i / ECDF_POINTS) * count)));
  for (let beyond = count / ECDF_POINTS; beyond >= 1; beyond /= 1.5) ranks.add(count - Math.floor(beyond));
  return [...ranks].sort((a, b) => a - b);
}

/** What is known of values that were only counted in the bins of `log-bins.ts`. */
export interface BinnedValues {
  readonly counts: ArrayLike<number>;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** Quantiles that are known better than the bins tell, in percent. */
  readonly exact: ReadonlyMap<number, number>;
}

/** The distribution of values of which only bins are left; within a bin they count as evenly spread. */
export function describeBins(metric: HeadlineMetric, values: BinnedValues): Distribution | null {
  const { counts, count, min, max, sum, exact } = values;
  if (count === 0) return null;
  const bounded = (value: number): number => Math.min(max, Math.max(min, value));
  const at = (percent: number): number =>
    exact.get(percent) ?? bounded(logBinQuantile(counts, percent / 100) as number);
  const intervals: WeightedIntervals = {
    count,
    each: (visit) => {
      for (let bin = 0; bin < LOG_BIN_COUNT; bin++) {
        const weight = counts[bin] as number;
        if (weight > 0) visit(bounded(logBinStart(bin)), bounded(logBinStart(bin + 1)), weight);
      }
    },
  };
  const histogram = buildHistogram(intervals, { min, q1: at(25), q3: at(75), p995: at(99.5), max });
  return {
    metric,
    count,
    min,
    max,
    mean: sum / count,
    quantiles: SHOWN_QUANTILES.map((percent) => ({ percent, value: at(percent) })),
    histogram: { ...histogram, counts: histogram.counts.map(rounded), above: rounded(histogram.above) },
    ecdf: binnedEcdf(counts, count, bounded),
  };
}

function binnedEcdf(
  counts: ArrayLike<number>,
  count: number,
  bounded: (value: number) => number,
): Distribution['ecdf'] {
  const values: number[] = [];
  const shares: number[] = [];
  let below = 0;
  for (let bin = 0; bin < LOG_BIN_COUNT; bin++) {
    const weight = counts[bin] as number;
    if (weight === 0) continue;
    below += weight;
    values.push(rounded(bounded(logBinStart(bin + 1))));
    shares.push(below / count);
  }
  return { values, shares };
}
