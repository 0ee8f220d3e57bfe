import { describe, expect, it } from 'vitest';
import { percentileByIndex, percentileIndex } from './percentile-index.ts';
import { PERCENTILES } from './run-summary.ts';

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

describe('percentileByIndex', () => {
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
