import { ENGINE_EXIT_CODES, EngineError } from '../engine-error.ts';

/** What a statistic is computed from. */
export interface TrendValues {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly samples: { sorted(): Float64Array };
}

/** One of `summaryTrendStats`: avg, min, med, max, count, p(N). Without values it is 0. */
export function trendStat(trend: TrendValues, stat: string): number {
  switch (stat) {
    case 'count':
      return trend.count;
    case 'avg':
      return trend.count === 0 ? 0 : trend.sum / trend.count;
    case 'min':
      return trend.min;
    case 'max':
      return trend.max;
    case 'med':
      return percentile(trend.samples.sorted(), 50);
    default:
      return percentile(trend.samples.sorted(), parsePercentile(stat));
  }
}

/**
 * The p-th percentile by linear interpolation between the two nearest ranks.
 *
 * Variant: rank `(N-1)*p/100`, Hyndman & Fan type 7, which is k6's own and numpy's default.
 * @param sorted ascending; 0 values give 0, one value gives itself
 * @param p 0 to 100
 */
export function percentile(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return 0;
  const rank = (p / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  const high = sorted[Math.ceil(rank)]!;
  return low + (high - low) * (rank - Math.floor(rank));
}

/**
 * The number in `p(99.9)`.
 *
 * @throws {EngineError} exit code 255, k6's text, for another form or a number outside 0 to 100
 */
export function parsePercentile(stat: string): number {
  const match = /^p\((.*)\)$/.exec(stat);
  if (!match) throw new EngineError(`invalid trend stat '${stat}', unknown format`, ENGINE_EXIT_CODES.other);
  const value = match[1] === '' ? Number.NaN : Number(match[1]);
  if (value >= 0 && value <= 100) return value;
  throw new EngineError(
    `invalid percentile trend stat value '${stat}', provide a number between 0 and 100`,
    ENGINE_EXIT_CODES.other,
  );
}
