import { findFirst } from '../shared/find-first.ts';
import type { RankWeights } from './linear-ranks.ts';
import { type PercentileRule, valueAt, weighRanks } from './percentile-rule.ts';
import type { SlicedValues } from './sliced-values.ts';
import type { SortedValues } from './sorted-values.ts';
import { dot } from './time-slices.ts';
import { createValueBins } from './value-bins.ts';

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
  const { sorted } = sliced;
  const edges = sorted.length === 0 ? [] : percents.map((percent) => findEdge(sorted, rule, percent));
  const { rows, perSlice, sums, beyond } = countInBins(sliced, slices, edges);
  const bounds = findBounds(sorted, rows);
  const lastBin = rows.length - 1;

  /** The first bin with more than `rank` values in it and below it. */
  function findBin(rank: number, weights: Float64Array): number {
    return findFirst(0, lastBin, (bin) => dot(weights, rows[bin] as Uint32Array) > rank);
  }

  function resampledAtRank(rank: number, weights: Float64Array): number {
    const bin = findBin(rank, weights);
    const from = bounds.least[bin] as number;
    const to = bounds.greatest[bin] as number;
    if (from === to) return to;
    const below = bin === 0 ? 0 : dot(weights, rows[bin - 1] as Uint32Array);
    const within = dot(weights, rows[bin] as Uint32Array) - below;
    return from + ((to - from) * (rank + 1 - below)) / within;
  }

  return {
    count: sorted.length,
    perSlice,
    sums,
    percentiles: new Map(edges.map(({ percent, value }, i) => [percent, { value, beyond: beyond[i] as Float64Array }])),
    resample(percent, weights) {
      const total = dot(weights, perSlice);
      return total === 0 ? null : valueAt(weighRanks(rule, total, percent), (rank) => resampledAtRank(rank, weights));
    },
  };
}

/** A percentile, and the value at or beyond which lies what it cuts off. */
interface Edge {
  readonly percent: number;
  readonly value: number;
  /** Beyond the rank above, and beyond the one below, an interpolated value has the same values. */
  readonly edge: number;
  /** Where there are fewer. */
  readonly side: 'above' | 'below';
}

function findEdge(sorted: SortedValues, rule: PercentileRule, percent: number): Edge {
  const ranks = weighRanks(rule, sorted.length, percent);
  const atRank = (rank: number): number => sorted.at(rank) as number;
  const side = percent >= 50 ? 'above' : 'below';
  const [edgeRank] = ranks.at(side === 'above' ? -1 : 0) as RankWeights[number];
  return { percent, value: valueAt(ranks, atRank), edge: atRank(edgeRank), side };
}

interface BinCounts {
  /**
   * For each bin, how many values of each slice lie in it or below it. Whole numbers of 32 bits: floats of that width stop
   * growing at 2^24, and a run of 17 million gaps may be one slice.
   */
  readonly rows: readonly Uint32Array[];
  readonly perSlice: Float64Array;
  readonly sums: Float64Array;
  /** Of each edge: how many values of each slice lie at or beyond it. */
  readonly beyond: readonly Float64Array[];
}

/** The least and the greatest value of each bin: bins are in order, so their ranks tell. */
function findBounds(
  sorted: SortedValues,
  rows: readonly Uint32Array[],
): { readonly least: Float64Array; readonly greatest: Float64Array } {
  const upTo = Float64Array.from(rows, (row) => row.reduce((sum, count) => sum + count, 0));
  return {
    least: upTo.map((_, bin) => sorted.at(bin === 0 ? 0 : (upTo[bin - 1] as number)) as number),
    greatest: upTo.map((count) => sorted.at(count - 1) as number),
  };
}

function countInBins({ sorted, each }: SlicedValues, slices: number, edges: readonly Edge[]): BinCounts {
  const bins = createValueBins(sorted);
  // The values of one slice mostly follow each other, so its counts lie beside each other.
  const counts = new Uint32Array(slices * bins.count);
  const sums = new Float64Array(slices);
  const edgeBins = edges.map(({ edge }) => bins.of(edge));
  const isEdgeBin = new Uint8Array(bins.count);
  for (const bin of edgeBins) isEdgeBin[bin] = 1;
  /** Of each edge, values in its bin that do not lie beyond it. */
  const short = edges.map(() => new Uint32Array(slices));
  const countShort = (value: number, bin: number, slice: number): void => {
    edges.forEach(({ edge, side }, i) => {
      if (bin !== edgeBins[i] || (side === 'above' ? value >= edge : value <= edge)) return;
      const own = short[i] as Uint32Array;
      own[slice] = (own[slice] as number) + 1;
    });
  };
  each((values, from, to, slice) => {
    const base = slice * bins.count;
    let sum = 0;
    for (let i = from; i < to; i++) {
      const value = values[i] as number;
      const bin = bins.of(value);
      counts[base + bin] = (counts[base + bin] as number) + 1;
      sum += value;
      if (isEdgeBin[bin] === 1) countShort(value, bin, slice);
    }
    sums[slice] = (sums[slice] as number) + sum;
  });
  const rows = addUp(counts, slices, bins.count);
  const all = rows.at(-1) ?? new Uint32Array(slices);
  const beyond = edges.map(({ side }, i) => {
    const bin = edgeBins[i] as number;
    const near = short[i] as Uint32Array;
    const [below, within] = [rows[bin - 1], rows[bin] as Uint32Array];
    return Float64Array.from(near, (count, slice) =>
      side === 'above' ? (all[slice] as number) - (below?.[slice] ?? 0) - count : (within[slice] as number) - count,
    );
  });
  return { rows, perSlice: Float64Array.from(all), sums, beyond };
}

/** Counts by slice and bin as a row a bin, each with those of the bins below. */
function addUp(counts: Uint32Array, slices: number, bins: number): Uint32Array[] {
  const rows = Array.from({ length: bins }, () => new Uint32Array(slices));
  for (let slice = 0; slice < slices; slice++) {
    let count = 0;
    for (let bin = 0; bin < bins; bin++) {
      count += counts[slice * bins + bin] as number;
      (rows[bin] as Uint32Array)[slice] = count;
    }
  }
  return rows;
}
