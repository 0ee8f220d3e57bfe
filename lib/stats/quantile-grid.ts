import type { RankWeights } from './linear-ranks.ts';
import { type PercentileRule, valueAt, weighRanks } from './percentile-rule.ts';
import { dot } from './time-slices.ts';
import { createValueBins, type SlicedValues } from './value-bins.ts';

/** A percentile of a run, and what resampling it needs. */
interface GridPercentile {
  /** As the tables have it: exact, not from bins. */
  readonly value: number;
  /** Per slice, how many values lie at or beyond it, on the side where there are fewer. */
  readonly beyond: Float64Array;
}

/** Gives any percentile of a resampled run without sorting it again. */
export interface QuantileGrid {
  readonly count: number;
  /** Values a slice has, and their sum. */
  readonly perSlice: Float64Array;
  readonly sums: Float64Array;
  /** The percentiles (0 to 100) asked for; empty without values. */
  readonly percentiles: ReadonlyMap<number, GridPercentile>;
  /** A percentile when each slice comes as often as the weights say; null when no value comes at all. */
  resample(percent: number, weights: Float64Array): number | null;
}

/**
 * Counts once how many values of each slice lie in or below each of some 2,048 bins, so that a percentile of a resample is
 * found by bisection: eleven sums over the slices.
 *
 * Up to 2,048 values a bin holds one value (or equal ones), and resampled percentiles are exact; above, they are
 * interpolated between the least and the greatest value of a bin.
 */
export function createQuantileGrid(
  sliced: SlicedValues,
  slices: number,
  rule: PercentileRule,
  percents: readonly number[],
): QuantileGrid {
  const { values } = sliced;
  const bins = countInBins(sliced, slices);
  const { rows, perSlice, least, greatest } = bins;
  const lastBin = rows.length - 1;

  /** The first bin with more than `rank` values in it and below it. */
  function findBin(rank: number, weights: Float64Array): number {
    let low = 0;
    let high = lastBin;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (dot(weights, rows[middle] as Uint32Array) > rank) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  function resampledAtRank(rank: number, weights: Float64Array): number {
    const bin = findBin(rank, weights);
    const from = least[bin] as number;
    const to = greatest[bin] as number;
    if (from === to) return to;
    const below = bin === 0 ? 0 : dot(weights, rows[bin - 1] as Uint32Array);
    const within = dot(weights, rows[bin] as Uint32Array) - below;
    return from + ((to - from) * (rank + 1 - below)) / within;
  }

  return {
    count: values.length,
    perSlice,
    sums: bins.sums,
    percentiles: new Map(findExact(sliced, slices, bins, findBin, rule, percents)),
    resample(percent, weights) {
      const total = dot(weights, perSlice);
      return total === 0 ? null : valueAt(weighRanks(rule, total, percent), (rank) => resampledAtRank(rank, weights));
    },
  };
}

interface BinCounts {
  /**
   * For each bin, how many values of each slice lie in it or below it. Whole numbers of 32 bits: floats of that width stop
   * growing at 2^24, and a run of 17 million gaps may be one slice.
   */
  readonly rows: readonly Uint32Array[];
  readonly least: Float64Array;
  readonly greatest: Float64Array;
  readonly perSlice: Float64Array;
  readonly sums: Float64Array;
  /** The bin of a value. */
  of(value: number): number;
}

function countInBins({ values, slices: sliceOf }: SlicedValues, slices: number): BinCounts {
  const bins = createValueBins(values);
  const rows = Array.from({ length: values.length === 0 ? 0 : bins.count }, () => new Uint32Array(slices));
  const least = new Float64Array(bins.count).fill(Number.POSITIVE_INFINITY);
  const greatest = new Float64Array(bins.count).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(slices);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const slice = sliceOf[i] as number;
    const bin = bins.of(value);
    const row = rows[bin] as Uint32Array;
    row[slice] = (row[slice] as number) + 1;
    sums[slice] = (sums[slice] as number) + value;
    if (value < (least[bin] as number)) least[bin] = value;
    if (value > (greatest[bin] as number)) greatest[bin] = value;
  }
  for (let bin = 1; bin < rows.length; bin++) {
    const row = rows[bin] as Uint32Array;
    const before = rows[bin - 1] as Uint32Array;
    for (let slice = 0; slice < slices; slice++) row[slice] = (row[slice] as number) + (before[slice] as number);
  }
  const perSlice = rows.length === 0 ? new Float64Array(slices) : Float64Array.from(rows.at(-1) as Uint32Array);
  return { rows, least, greatest, perSlice, sums, of: bins.of };
}

/** Sorts the values of those bins in which the percentiles lie. */
function findExact(
  { values, slices: sliceOf }: SlicedValues,
  slices: number,
  { rows, of }: BinCounts,
  findBin: (rank: number, weights: Float64Array) => number,
  rule: PercentileRule,
  percents: readonly number[],
): [number, GridPercentile][] {
  if (values.length === 0) return [];
  const everySlice = new Float64Array(slices).fill(1);
  const ranksOf = (percent: number): RankWeights => weighRanks(rule, values.length, percent);
  const ranks = percents.flatMap((percent) => ranksOf(percent).map(([rank]) => rank));
  const held = new Map<number, { value: number; slice: number }[]>(
    ranks.map((rank) => [findBin(rank, everySlice), []]),
  );
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    held.get(of(value))?.push({ value, slice: sliceOf[i] as number });
  }
  for (const members of held.values()) members.sort((a, b) => a.value - b.value);
  const countUpTo = (bin: number): number => (bin < 0 ? 0 : dot(everySlice, rows[bin] as Uint32Array));
  const atRank = (rank: number): number => {
    const bin = findBin(rank, everySlice);
    return held.get(bin)?.[rank - countUpTo(bin - 1)]?.value as number;
  };
  return percents.map((percent) => {
    const value = valueAt(ranksOf(percent), atRank);
    // Beyond the rank above, and beyond the one below, an interpolated value has the same values.
    const [edgeRank] = ranksOf(percent).at(percent >= 50 ? -1 : 0) as RankWeights[number];
    const edge = atRank(edgeRank);
    const bin = of(edge);
    const below = bin === 0 ? null : (rows[bin - 1] as Uint32Array);
    const all = rows.at(-1) as Uint32Array;
    const beyond = Float64Array.from({ length: slices }, (_, slice) =>
      percent >= 50 ? (all[slice] as number) - (below?.[slice] ?? 0) : (below?.[slice] ?? 0),
    );
    for (const member of held.get(bin) ?? []) {
      if (percent >= 50 && member.value < edge) beyond[member.slice] = (beyond[member.slice] as number) - 1;
      if (percent < 50 && member.value <= edge) beyond[member.slice] = (beyond[member.slice] as number) + 1;
    }
    return [percent, { value, beyond }];
  });
}
