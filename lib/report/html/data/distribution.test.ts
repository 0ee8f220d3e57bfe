import { describe, expect, it } from 'vitest';
import { type SortedValues, sortValues } from '../../../stats/sorted-values.ts';
import { describeBins, describeValues } from './distribution.ts';
import { LOG_BIN_COUNT, logBinOf } from './log-bins.ts';

const ascending = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i + 1);
const sorted = (count: number): SortedValues => sortValues(ascending(count));

describe('describeValues', () => {
  it('takes quantiles by the rule of the tables', () => {
    // sorted[int(100 * 50 / 100)] is the 51st value; numpy's percentile is 50.5.
    expect(describeValues('ttft', sorted(100), 'quick-start')?.quantiles[0]).toEqual({ percent: 50, value: 51 });
    expect(describeValues('ttft', sorted(100), 'linear')?.quantiles[0]).toEqual({ percent: 50, value: 50.5 });
  });

  it('has a point of the ECDF for each of few values', () => {
    expect(describeValues('ttft', sortValues(Float64Array.of(10, 20, 20, 40)), 'quick-start')?.ecdf).toEqual({
      values: [10, 20, 20, 40],
      shares: [0.25, 0.5, 0.75, 1],
    });
  });

  it('keeps the tail of many values, in few points', () => {
    const { values, shares } = describeValues('ttft', sorted(100_000), 'quick-start')?.ecdf ?? {
      values: [],
      shares: [],
    };
    expect(values.length).toBeLessThan(330);
    expect(values.slice(-3)).toEqual([99_998, 99_999, 100_000]);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('is null without values', () => {
    expect(describeValues('ttft', sortValues(new Float64Array()), 'quick-start')).toBeNull();
  });
});

describe('describeBins', () => {
  it('comes within a bin of what the values themselves give', () => {
    const counts = new Float64Array(LOG_BIN_COUNT);
    for (const value of ascending(1000)) counts[logBinOf(value)]! += 1;
    const binned = describeBins('itl', { counts, count: 1000, min: 1, max: 1000, sum: 500_500, exact: new Map() });
    const exact = describeValues('itl', sorted(1000), 'quick-start');
    expect(binned?.mean).toBe(exact?.mean);
    for (const [i, { value }] of (binned?.quantiles ?? []).entries()) {
      expect(value / (exact?.quantiles[i]?.value as number)).toBeCloseTo(1, 1);
    }
    expect(binned?.histogram.edges).toEqual(exact?.histogram.edges);
    const total = binned?.histogram.counts.reduce((sum, count) => sum + count, binned.histogram.above);
    expect(total).toBeCloseTo(1000, 1);
    expect(binned?.ecdf.shares.at(-1)).toBe(1);
    expect(binned?.ecdf.values.at(-1)).toBe(1000);
  });

  it('takes quantiles that are known better', () => {
    const counts = new Float64Array(LOG_BIN_COUNT);
    counts[logBinOf(10)]! += 4;
    const exact = new Map([[50, 10.001]]);
    const binned = describeBins('itl', { counts, count: 4, min: 10, max: 10.01, sum: 40, exact });
    expect(binned?.quantiles[0]).toEqual({ percent: 50, value: 10.001 });
  });
});
