import { describe, expect, it } from 'vitest';
import { nearestRank } from './nearest-rank.ts';
import { percentileIndex } from './percentile-index.ts';
import { choosePercentile, PERCENTILE_RULES, valueAt, weighRanks } from './percentile-rule.ts';
import { PERCENTILES } from './run-summary.ts';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

const percentileByIndex = choosePercentile('quick-start');

describe('the rule of the quick start', () => {
  // Both columns were printed by evalscope's own code.
  it('takes the values evalscope takes of 1 to 15', () => {
    const rows = PERCENTILES.map((percent) => percentileByIndex(upTo(15), percent));
    expect(rows).toEqual([2, 4, 8, 10, 12, 13, 14, 15, 15, 15]);
  });

  it('takes the values evalscope takes of 1 to 10', () => {
    const rows = PERCENTILES.map((percent) => percentileByIndex(upTo(10), percent));
    expect(rows).toEqual([2, 3, 6, 7, 8, 9, 10, 10, 10, 10]);
  });

  it('takes the 51st of a hundred values for the median, one above the nearest rank', () => {
    expect(percentileByIndex(upTo(100), 50)).toBe(51);
  });

  it('takes the first value for 0 and the last for 100', () => {
    expect([percentileIndex(7, 0), percentileIndex(7, 100)]).toEqual([0, 6]);
  });

  it('has no value without values, and the only one for every percentile', () => {
    expect(percentileByIndex([], 50)).toBeNull();
    expect(PERCENTILES.map((percent) => percentileByIndex([4], percent))).toEqual(PERCENTILES.map(() => 4));
  });
});

describe('the nearest rank', () => {
  it('takes the values that evalscope 1.14 takes: sorted[ceil(n*p/100) - 1]', () => {
    // Worked by hand: of 15 values p10 is ceil(1.5) = the 2nd, p25 ceil(3.75) = the 4th, p99 ceil(14.85) = the 15th.
    const of15 = PERCENTILES.map((percent) => choosePercentile('nearest-rank')(upTo(15), percent));
    expect(of15).toEqual([2, 4, 8, 10, 12, 12, 14, 15, 15, 15]);
    expect(choosePercentile('nearest-rank')(upTo(100), 50)).toBe(50);
  });

  it('takes the first value for 0 and the last for 100', () => {
    expect([nearestRank(7, 0), nearestRank(7, 100), nearestRank(1, 50)]).toEqual([0, 6, 0]);
  });
});

describe('weighRanks', () => {
  it('gives ranks of the values, in order, whose weights add up to 1, by every rule', () => {
    for (const rule of PERCENTILE_RULES) {
      for (const count of [1, 2, 3, 15, 1000]) {
        for (const percent of [0, 0.1, 50, 66, 99.9, 100]) {
          const ranks = weighRanks(rule, count, percent);
          expect(ranks.reduce((sum, [, weight]) => sum + weight, 0)).toBeCloseTo(1, 12);
          expect(ranks.every(([rank]) => Number.isInteger(rank) && rank >= 0 && rank < count)).toBe(true);
          expect(ranks.map(([rank]) => rank)).toEqual(ranks.map(([rank]) => rank).sort((a, b) => a - b));
          // Of equal values every percentile is that value.
          expect(valueAt(ranks, () => 7.3)).toBe(7.3);
        }
      }
    }
  });
});
