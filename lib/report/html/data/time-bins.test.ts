import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeBins } from './time-bins.ts';

/** Rates times lengths: how many there were. */
function total(
  rates: readonly number[],
  { from_s, to_s }: { from_s: readonly number[]; to_s: readonly number[] },
): number {
  return rates.reduce((sum, rate, i) => sum + rate * ((to_s[i] as number) - (from_s[i] as number)), 0);
}

describe('createTimeBins', () => {
  it('counts requests by their end and tokens by their time, per second', () => {
    const bins = createTimeBins();
    for (let i = 0; i < 100; i++) {
      bins.addRequest(i * 100, i * 100, i * 100 + 100, i % 10 === 0 ? 'failed' : 'completed', null);
      bins.addStream(i * 100 + 50, new Float64Array(), 7);
    }
    const series = bins.build();
    // Ten seconds in at most 120 windows of a round length: 0.1 s each.
    expect(series.from_s).toHaveLength(100);
    expect(series.from_s.slice(0, 3)).toEqual([0, 0.1, 0.2]);
    expect(series.in_flight).toEqual(new Array(100).fill(1));
    expect(total(series.completed_per_s, series)).toBeCloseTo(90, 6);
    expect(total(series.failed_per_s, series)).toBeCloseTo(10, 6);
    expect(series.output_tokens_per_s).toEqual(new Array(100).fill(70));
    expect(series.lag_max_ms).toEqual(new Array(100).fill(null));
  });

  it('gives the same time under way whatever the length of the run', () => {
    const span = fc.record({
      start: fc.double({ min: -5000, max: 1e7, noNaN: true }),
      length: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 50 }), (spans) => {
        const bins = createTimeBins();
        for (const { start, length } of spans) bins.addRequest(start, start, start + length, 'completed', 0.5);
        const series = bins.build();
        const first = Math.min(...spans.map(({ start }) => start));
        const last = Math.max(...spans.map(({ start, length }) => start + length));
        if (last - first < 10) return;
        expect(series.from_s.length).toBeLessThanOrEqual(121);
        const underWay = spans.reduce((sum, { length }) => sum + length / 1000, 0);
        // Levels and rates have three decimals, times have six.
        const error = 0.001 * ((last - first) / 1000) + 1e-4 * spans.length;
        expect(Math.abs(total(series.in_flight, series) - underWay)).toBeLessThan(error);
        expect(Math.abs(total(series.completed_per_s, series) - spans.length)).toBeLessThan(error + 0.1);
      }),
    );
  });

  it('joins a last moment to the window before, where a rate would say nothing', () => {
    const bins = createTimeBins();
    bins.addRequest(0, 0, 10_001, 'completed', 3);
    const series = bins.build();
    expect(series.to_s.at(-1)).toBe(10.001);
    expect(series.from_s.at(-1)).toBeLessThan(9.95);
    expect(series.completed_per_s.at(-1)).toBeGreaterThan(0);
    expect(series.lag_max_ms[0]).toBe(3);
  });

  it('is empty without requests', () => {
    expect(createTimeBins().build().from_s).toEqual([]);
  });

  it('counts arrivals when they were due, and who waits from then on', () => {
    const bins = createTimeBins();
    // Due together at 0; the second is sent at 1000, when the first has ended.
    bins.addRequest(0, 0, 1000, 'completed', null);
    bins.addRequest(0, 1000, 2000, 'completed', null);
    const { from_s, to_s, arrivals_per_s, waiting, in_flight } = bins.build();
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value, i) => sum + value * ((to_s[i] as number) - (from_s[i] as number)), 0) / 2;
    expect(
      [mean(arrivals_per_s), mean(waiting), mean(in_flight)].map((value) => Math.round(value * 100) / 100),
    ).toEqual([
      // Two in 2 s; one of the two seconds has one waiting; one is under way all along.
      1, 0.5, 1,
    ]);
  });
});
