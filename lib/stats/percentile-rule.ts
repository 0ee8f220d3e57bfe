import { linearRanks, type RankWeights } from './linear-ranks.ts';
import { nearestRank } from './nearest-rank.ts';
import { percentileIndex } from './percentile-index.ts';
import type { SortedValues } from './sorted-values.ts';

/**
 * The rules by which percentiles are taken, by the configuration's names. `quick-start`: `sorted[int(N*p/100)]`, that of
 * the tables in evalscope's quick start. `nearest-rank`: `sorted[ceil(N*p/100) - 1]`, evalscope's since 1.14. `linear`:
 * between the two values around `(N-1)*p/100`, k6's and numpy's.
 */
export const PERCENTILE_RULES = ['quick-start', 'nearest-rank', 'linear'] as const;

export type PercentileRule = (typeof PERCENTILE_RULES)[number];

/** A percentile of ascending values, 0 to 100; null without values. */
export type Percentile = (sorted: Pick<SortedValues, 'length' | 'at'>, percent: number) => number | null;

/**
 * The ranks and weights of a percentile.
 *
 * @param count how many values, at least one
 * @param percent 0 to 100 (99, not 0.99)
 * @returns one rank, or two to interpolate between
 */
export function weighRanks(rule: PercentileRule, count: number, percent: number): RankWeights {
  switch (rule) {
    case 'quick-start':
      return [[percentileIndex(count, percent), 1]];
    case 'nearest-rank':
      return [[nearestRank(count, percent), 1]];
    case 'linear':
      return linearRanks(count, percent);
    default:
      return rule satisfies never;
  }
}

/** A percentile out of a function that gives the value at a rank; numpy's way to interpolate, to the last digit. */
export function valueAt(ranks: RankWeights, atRank: (rank: number) => number): number {
  const [[rank], upper] = ranks as [readonly [number, number], (readonly [number, number])?];
  const lower = atRank(rank);
  return upper === undefined ? lower : lower + (atRank(upper[0]) - lower) * upper[1];
}

/** The function of a rule. */
export function choosePercentile(rule: PercentileRule): Percentile {
  return (sorted, percent) =>
    sorted.length === 0 ? null : valueAt(weighRanks(rule, sorted.length, percent), (rank) => sorted.at(rank) as number);
}
