import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleList } from './sample-list.ts';
import { CounterSink, GaugeSink, percentile, RateSink, TrendSink } from './sinks.ts';

describe('percentile', () => {
  it('interpolates as numpy does: numpy.percentile([10, 20, 30, 40], [0, 50, 66, 99.9, 100])', () => {
    const values = Float64Array.of(10, 20, 30, 40);
    const results = [0, 50, 66, 99.9, 100].map((p) => percentile(values, p));
    [10, 25, 29.8, 39.97, 40].forEach((expected, index) => {
      expect(results[index]).toBeCloseTo(expected, 9);
    });
  });

  it('gives 0 without values, and a single value for every p', () => {
    expect(percentile(new Float64Array(), 95)).toBe(0);
    expect(percentile(Float64Array.of(7), 3)).toBe(7);
  });
});

describe('SampleList', () => {
  it('is sorted whenever it is looked at, however values and looks alternate', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }))), (portions) => {
        const list = new SampleList();
        const all: number[] = [];
        for (const portion of portions) {
          for (const value of portion) {
            list.add(value);
            all.push(value);
          }
          // Adding 0 makes 0 of -0, which has the same place.
          expect([...list.sorted()].map((value) => value + 0)).toEqual(
            [...Float64Array.from(all).sort()].map((value) => value + 0),
          );
        }
      }),
    );
  });
});

describe('sinks', () => {
  it('sum up as k6 summarizes', () => {
    const counter = new CounterSink();
    counter.add(3);
    counter.add(5);
    expect(counter.summarize([], 2000)).toEqual({ count: 8, rate: 4 });
    const rate = new RateSink();
    for (const value of [1, 0, 1, 1]) rate.add(value);
    expect(rate.summarize()).toEqual({ rate: 0.75, passes: 3, fails: 1 });
    const gauge = new GaugeSink();
    for (const value of [-2, 5, 3]) gauge.add(value);
    expect(gauge.summarize()).toEqual({ value: 3, min: -2, max: 5 });
    const trend = new TrendSink();
    for (const value of [40, 10, 30, 20]) trend.add(value);
    expect(trend.summarize(['avg', 'min', 'med', 'max', 'count', 'p(25)'])).toEqual({
      avg: 25,
      min: 10,
      med: 25,
      max: 40,
      count: 4,
      'p(25)': 17.5,
    });
  });

  it('read as k6 reads empty metrics: 0, and nothing for a Rate', () => {
    expect(new TrendSink().read('p(95)')).toBe(0);
    expect(new CounterSink().read('count', 1000)).toBe(0);
    expect(new CounterSink().read('rate', 0)).toBeUndefined();
    expect(new GaugeSink().read()).toBe(0);
    expect(new RateSink().read()).toBeUndefined();
  });
});
