import { estimateBlockLength } from './block-length.ts';
import { varianceOf } from './confidence-interval.ts';
import type { QuantileGrid } from './quantile-grid.ts';
import type { Resampler } from './resampler.ts';
import { dot, total } from './time-slices.ts';

/** A number of a run: its value, and what it would have been in runs like it. */
export interface ResampledNumber {
  readonly value: number;
  /** In the order they were drawn, so that those of two runs can be paired; none where the number is not precise. */
  readonly replicates: Float64Array;
  /** Slices of the run, and the mean length of the blocks in slices. */
  readonly slices: number;
  readonly blockLength: number;
  /** Independent pieces: slices / block length. */
  readonly blocks: number;
  /** Whether the run is long enough for an interval that keeps what it promises. */
  readonly precise: boolean;
  /** What it lacks where it is not: requests, or requests that do not hang together; absent where it is precise. */
  readonly lacks?: 'requests' | 'independence';
  /** How it differs from run to run, where it is the mean of several; what differs within a run is in that. */
  readonly between?: { readonly runs: number; readonly sd: number };
}

/** Fewer requests, or fewer independent blocks of them, say nothing about their own spread. */
export const FEWEST_REQUESTS = 10;
const FEWEST_BLOCKS = 10;
/** What an interval of 95 % leaves out on either side. */
const TAIL = 0.025;
/** Values are dependent when fewer than this share of them would vary as much; how dependent is itself uncertain then. */
const DEPENDENT_BELOW = 0.8;

/** A quotient of two sums over a run: a mean, or so many per second. */
export interface Quotient {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
  /** Part of both sums that is in every run as it is. Default: nothing. */
  readonly fixed?: { readonly numerator: number; readonly denominator: number };
  /** Requests that have a value. */
  readonly requests: number;
}

const NOTHING = { numerator: 0, denominator: 0 } as const;

/** @returns null when nothing was measured */
export function resampleQuotient(quotient: Quotient, resampler: Resampler): ResampledNumber | null {
  const { numerators, denominators, fixed = NOTHING, requests } = quotient;
  const whole = total(denominators) + fixed.denominator;
  if (whole <= 0 || requests === 0) return null;
  const value = (total(numerators) + fixed.numerator) / whole;
  const influence = numerators.map((numerator, slice) => numerator - value * (denominators[slice] as number));
  const blocks = measureBlocks(influence, resampler);
  if (requests < FEWEST_REQUESTS) return { value, ...blocks, ...TOO_FEW };
  if (blocks.blocks < FEWEST_BLOCKS) return { value, ...blocks, ...TOO_DEPENDENT };
  const drawn = collect(resampler, blocks.blockLength, (weights) => {
    const weight = dot(weights, denominators) + fixed.denominator;
    return weight <= 0 ? null : (dot(weights, numerators) + fixed.numerator) / weight;
  });
  return { value, ...blocks, ...keepComplete(drawn, resampler) };
}

/**
 * A percentile of a run.
 *
 * It is precise when both limits of a distribution-free 95 % interval exist: among n independent values the largest lies
 * below the p-quantile with probability p^n, so that has to be at most 2.5 % (368 values for p99, 72 for p95, 36 for p90),
 * and (1-p)^n for the smallest. n is the number of independent values which would vary as much as these do: dependent
 * ones, like the gaps within a request, count for fewer, and then twice as many are asked for.
 * @param requests requests that have a value
 * @returns null when nothing was measured
 */
export function resampleQuantile(
  grid: QuantileGrid,
  percent: number,
  requests: number,
  resampler: Resampler,
): ResampledNumber | null {
  const found = grid.percentiles.get(percent);
  if (found === undefined) return null;
  const { value, beyond } = found;
  const share = total(beyond) / grid.count;
  const influence = beyond.map((count, slice) => count - share * (grid.perSlice[slice] as number));
  const blocks = measureBlocks(influence, resampler);
  const p = percent / 100;
  const isResolvedBy = (independent: number): boolean => Math.max(p, 1 - p) ** independent <= TAIL;
  // More independent values than there are nobody has: most percentiles of a short run need no resampling.
  if (!isResolvedBy(grid.count) || requests < FEWEST_REQUESTS) return { value, ...blocks, ...TOO_FEW };
  if (blocks.blocks < FEWEST_BLOCKS) return { value, ...blocks, ...TOO_DEPENDENT };
  const shares: number[] = [];
  const drawn = collect(resampler, blocks.blockLength, (weights) => {
    shares.push(dot(weights, influence) / grid.count);
    return grid.resample(percent, weights);
  });
  const independent = countIndependent(share, varianceOf(shares), grid.count);
  const asked = independent < grid.count * DEPENDENT_BELOW ? 2 : 1;
  return { value, ...blocks, ...(isResolvedBy(independent / asked) ? keepComplete(drawn, resampler) : TOO_DEPENDENT) };
}

/** No interval, hence no replicates. */
const TOO_FEW = { replicates: new Float64Array(0), precise: false, lacks: 'requests' } as const;
/** There are enough, but they hang together: each counts for less than one. */
const TOO_DEPENDENT = { ...TOO_FEW, lacks: 'independence' } as const;

function measureBlocks(
  influence: Float64Array,
  { slices, roundLength }: Resampler,
): Pick<ResampledNumber, 'slices' | 'blockLength' | 'blocks'> {
  const blockLength = roundLength(estimateBlockLength(influence));
  return { slices, blockLength, blocks: slices / blockLength };
}

/** Where too many resamples have no value, as of values in few places, the others say nothing. */
function keepComplete(
  replicates: Float64Array,
  resampler: Resampler,
): Pick<ResampledNumber, 'replicates' | 'precise' | 'lacks'> {
  return replicates.length >= resampler.replicates * 0.95 ? { replicates, precise: true } : TOO_DEPENDENT;
}

/** The number of independent values whose share would vary as much: `p (1 - p) / variance`, at most as many as there are. */
export function countIndependent(share: number, variance: number, count: number): number {
  return variance <= 0 ? count : Math.min(count, (share * (1 - share)) / variance);
}

/** Takes a number of every resample; where it has no value, as when no slice with values was drawn, it is left out. */
export function collect(
  resampler: Resampler,
  blockLength: number,
  compute: (weights: Float64Array) => number | null,
): Float64Array {
  const weights = new Float64Array(resampler.slices);
  const drawn = new Float64Array(resampler.replicates);
  let kept = 0;
  for (const counts of resampler.draw(blockLength)) {
    weights.set(counts);
    const value = compute(weights);
    if (value !== null) drawn[kept++] = value;
  }
  return drawn.slice(0, kept);
}
