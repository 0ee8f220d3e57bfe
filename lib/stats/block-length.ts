import { total } from './time-slices.ts';

const SHORTEST_SERIES = 30;

/**
 * The mean block length for the stationary bootstrap of a series, estimated from its own autocorrelation.
 *
 * Variant: Politis and White 2004 with the correction of Patton, Politis and White 2009: the flat-top lag window, whose
 * width is twice the lag after which five autocorrelations in a row are no longer significant. The same as
 * `optimal_block_length` of Python's `arch`, column `stationary`.
 * @param series one value a slice of time, in their order
 * Where neighbours are unlike each other, so that sums vary less than those of independent values, the length is at most
 * n / 20: there shorter blocks only widen an interval, and too few of them would tell nothing.
 * @returns 1 (no dependence) to `min(3 √n, n / 3)`; 1 for fewer than 30 values, whose
 *   autocorrelations are mostly noise, and for equal ones
 */
export function estimateBlockLength(series: Float64Array): number {
  const count = series.length;
  if (count < SHORTEST_SERIES) return 1;
  const centre = total(series) / count;
  const deviations = series.map((value) => value - centre);
  const longest = Math.ceil(Math.min(3 * Math.sqrt(count), count / 3));
  const { covariances, window } = estimateCovariances(deviations);
  const variance = covariances[0] as number;
  if (variance <= 0) return 1;
  let longRun = variance;
  let slope = 0;
  for (let lag = 1; lag <= window; lag++) {
    const taper = lag / window <= 0.5 ? 1 : 2 * (1 - lag / window);
    const covariance = covariances[lag] as number;
    longRun += 2 * taper * covariance;
    slope += 2 * taper * lag * covariance;
  }
  // Where the estimated long-run variance is nothing, any length fits, and the longest is the careful choice.
  if (longRun === 0) return longest;
  const length = ((slope / longRun) ** 2 * count) ** (1 / 3);
  const most = longRun < variance ? Math.min(longest, count / 20) : longest;
  return Math.max(1, Math.min(most, length));
}

/** Autocovariances up to a lag, and the width of the lag window. */
function estimateCovariances(deviations: Float64Array): { covariances: Float64Array; window: number } {
  const count = deviations.length;
  const quietLags = Math.max(5, Math.floor(Math.log10(count)));
  const mostLags = Math.min(count - 2, Math.ceil(Math.sqrt(count)) + quietLags);
  const critical = 2 * Math.sqrt(Math.log10(count) / count);
  const covariances = new Float64Array(mostLags + 1);
  let quiet = 0;
  let lastLoudLag: number | null = null;
  for (let lag = 0; lag <= mostLags; lag++) {
    let product = 0;
    let early = 0;
    let late = 0;
    for (let i = 0; i + lag < count; i++) {
      product += (deviations[i] as number) * (deviations[i + lag] as number);
      // The two ends that overlap, one value shorter, as the reference implementation has them.
      if (i + lag + 1 < count) {
        early += (deviations[i] as number) ** 2;
        late += (deviations[i + lag + 1] as number) ** 2;
      }
    }
    covariances[lag] = product / count;
    if (lastLoudLag !== null) continue;
    if (lag >= quietLags && quiet >= quietLags) lastLoudLag = lag - quietLags;
    quiet = Math.abs(product) < critical * Math.sqrt(early * late) ? quiet + 1 : 0;
  }
  const window = lastLoudLag === null ? mostLags : 2 * Math.max(1, lastLoudLag);
  return { covariances, window: Math.min(window, mostLags) };
}
