import { createRandom, drawGamma, type Random } from '../shared/random.ts';
import { estimateBlockLength } from './block-length.ts';
import { varianceOf } from './confidence-interval.ts';
import { collect, countIndependent, FEWEST_REQUESTS, type ResampledNumber } from './resampled-number.ts';
import type { Resampler } from './resampler.ts';
import { dot, total } from './time-slices.ts';

/** Where the requests of a run completed. */
export interface Successes {
  /** Completed requests, and all that completed or failed, per slice. */
  readonly completed: Float64Array;
  readonly requests: Float64Array;
  /** Further failures, without a place in time. */
  readonly unfinished: number;
}

/**
 * The share of requests that completed.
 *
 * A run without failures has none in any resample either, and its interval would be a point. So replicates are drawn
 * from the posterior of Jeffreys' prior, Beta(completed + 1/2, failed + 1/2), whose quantiles cover well near 0 and 1
 * (Brown, Cai and DasGupta 2001). Failures that come in groups count for fewer independent ones, as many as the
 * stationary bootstrap of the run tells.
 * @returns null without requests
 */
export function resampleSuccess(
  { completed, requests, unfinished }: Successes,
  resampler: Resampler,
  seed: number,
): ResampledNumber | null {
  const ended = total(requests);
  const all = ended + unfinished;
  if (all === 0) return null;
  const value = total(completed) / all;
  const share = ended === 0 ? 0 : total(completed) / ended;
  const influence = completed.map((count, slice) => count - share * (requests[slice] as number));
  const blockLength = resampler.roundLength(estimateBlockLength(influence));
  const shares = collect(resampler, blockLength, (weights) => dot(weights, influence) / Math.max(1, ended));
  const independent = countIndependent(share, varianceOf(shares), all);
  const random = createRandom(seed);
  const a = value * independent + 0.5;
  const b = (1 - value) * independent + 0.5;
  return {
    value,
    replicates: Float64Array.from({ length: resampler.replicates }, () => drawBeta(random, a, b)),
    slices: resampler.slices,
    blockLength,
    // The posterior allows for few values by itself.
    blocks: Number.MAX_SAFE_INTEGER,
    ...(all >= FEWEST_REQUESTS ? { precise: true } : { precise: false, lacks: 'requests' }),
  };
}

/** A deviate of the beta distribution, out of two of the gamma distribution. */
export function drawBeta(random: Random, a: number, b: number): number {
  const x = drawGamma(a, random);
  return x / (x + drawGamma(b, random));
}
