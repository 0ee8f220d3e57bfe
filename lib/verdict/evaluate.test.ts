import { describe, expect, it } from 'vitest';
import { parseThresholdExpression } from '../conditions/thresholds.ts';
import { sortValues } from '../stats/sorted-values.ts';
import { evaluateThreshold, type Sink } from './evaluate.ts';

function judge(source: string, sink: Sink) {
  const expression = parseThresholdExpression(source);
  if (expression === null) throw new Error(`not a threshold: ${source}`);
  return evaluateThreshold(expression, sink);
}

const FIVE: Sink = { type: 'trend', sorted: sortValues(Float64Array.from([1, 2, 3, 4, 10])) };

describe('evaluateThreshold', () => {
  it.each([
    // numpy.percentile([1, 2, 3, 4, 10], [95, 66, 0, 100], method='linear'): 8.8, 3.64, 1, 10.
    ['p(95)<9', 8.8, true],
    ['p(66)>=3.64', 3.64, true],
    ['p(0)===1', 1, true],
    ['p(100)<10', 10, false],
    ['med==3', 3, true],
    ['avg<=4', 4, true],
    ['avg<4', 4, false],
    ['min!=1', 1, false],
    ['max>9', 10, true],
  ])('judges %s of a Trend: %d, %s', (source, observed, passed) => {
    const judgement = judge(source, FIVE);
    expect(judgement.observed).toBeCloseTo(observed, 12);
    expect(judgement.passed).toBe(passed);
  });

  it('takes a single value for every percentile', () => {
    for (const p of [0, 50, 99.9, 100])
      expect(judge(`p(${p})==7`, { type: 'trend', sorted: sortValues(Float64Array.from([7])) }).passed).toBe(true);
  });

  it('judges counters, rates and gauges', () => {
    const counter: Sink = { type: 'counter', count: 30, duration_s: 10 };
    expect(judge('count>=30', counter)).toEqual({ passed: true, observed: 30 });
    expect(judge('rate>3', counter)).toEqual({ passed: false, observed: 3 });
    expect(judge('rate<0.3', { type: 'rate', trues: 1, total: 4 })).toEqual({ passed: true, observed: 0.25 });
    expect(judge('value<5', { type: 'gauge', value: 5 })).toEqual({ passed: false, observed: 5 });
  });

  // k6-facts, section 6: what k6 does with metrics that got no sample.
  it('takes an empty Trend, Counter or Gauge for 0, and shows no value of a Trend or a Gauge', () => {
    const trend: Sink = { type: 'trend', sorted: sortValues(Float64Array.from([])) };
    expect(judge('p(95)<1', trend)).toEqual({ passed: true, observed: null });
    expect(judge('p(95)>1', trend)).toEqual({ passed: false, observed: null });
    for (const method of ['avg', 'min', 'max', 'med']) expect(judge(`${method}==0`, trend).passed).toBe(true);
    expect(judge('count>0', { type: 'counter', count: 0, duration_s: 1 })).toEqual({ passed: false, observed: 0 });
    expect(judge('value>0', { type: 'gauge', value: null })).toEqual({ passed: false, observed: null });
  });

  it('lets an empty Rate pass whatever is asked of it', () => {
    for (const source of ['rate>0.99', 'rate==1', 'rate<0.01']) {
      expect(judge(source, { type: 'rate', trues: 0, total: 0 })).toEqual({ passed: true, observed: null });
    }
  });

  it('lets a rate per second over no time pass', () => {
    expect(judge('rate<1', { type: 'counter', count: 5, duration_s: 0 })).toEqual({ passed: true, observed: null });
  });

  it('throws on a method that the type does not have, which loading refuses', () => {
    expect(() => judge('count>1', FIVE)).toThrow('no count of a trend');
  });
});
