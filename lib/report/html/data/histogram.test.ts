import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortValues } from '../../../stats/sorted-values.ts';
import { describeValues } from './distribution.ts';
import { buildHistogram, type WeightedIntervals } from './histogram.ts';

function histogramOf(values: readonly number[]) {
  return describeValues('ttft', sortValues(Float64Array.from(values)), 'quick-start')?.histogram;
}

describe('buildHistogram', () => {
  it('puts values into bins of a round width', () => {
    // Freedman and Diaconis: 2 * 500 / cbrt(1000) = 100; the next round number above 100 / 1.6 is 100.
    const histogram = histogramOf(Array.from({ length: 1000 }, (_, i) => i + 0.5));
    expect(histogram).toEqual({
      edges: [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
      counts: new Array(10).fill(100),
      above: 0,
    });
  });

  it('ends before a long tail, and counts it', () => {
    const values = [...Array.from({ length: 998 }, (_, i) => 10 + i / 100), 500, 900];
    const histogram = histogramOf(values);
    expect(histogram?.above).toBe(2);
    expect(histogram?.edges.at(-1)).toBeLessThan(25);
  });

  it('shows equal values as one bin around them', () => {
    expect(histogramOf([20, 20, 20])).toEqual({ edges: [19, 21], counts: [3], above: 0 });
    expect(histogramOf([0])).toEqual({ edges: [-0.5, 0.5], counts: [1], above: 0 });
  });

  it('loses no value', () => {
    const value = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
        const { counts, edges, above } = histogramOf(values) as NonNullable<ReturnType<typeof histogramOf>>;
        expect(counts.reduce((sum, count) => sum + count, above)).toBe(values.length);
        expect(counts.length).toBe(edges.length - 1);
        expect(counts.length).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('spreads what lies on an interval over the bins it meets', () => {
    const intervals: WeightedIntervals = {
      count: 10,
      each: (visit) => visit(0, 20, 10),
    };
    const { edges, counts, above } = buildHistogram(intervals, { min: 0, q1: 5, q3: 15, p995: 19.9, max: 20 });
    expect(edges.at(-1)).toBe(20);
    for (const count of counts) expect(count).toBeCloseTo(10 / counts.length, 9);
    expect(above).toBe(0);
  });
});
