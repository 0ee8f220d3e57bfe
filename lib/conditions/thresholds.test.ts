import { describe, expect, it } from 'vitest';
import { parseMetricSelector, parseThresholdExpression } from './thresholds.ts';

describe('parseThresholdExpression', () => {
  it.each([
    ['p(95)<200', { method: 'percentile', percentile: 95 }, '<', 200],
    ['p(99.9) >= 1e3', { method: 'percentile', percentile: 99.9 }, '>=', 1000],
    ['p(0)>-5', { method: 'percentile', percentile: 0 }, '>', -5],
    ['  avg<=.5 ', { method: 'avg' }, '<=', 0.5],
    ['med!=1.', { method: 'percentile', percentile: 50 }, '!=', 1],
    ['count===3', { method: 'count' }, '==', 3],
    ['count == 3', { method: 'count' }, '==', 3],
    ['rate<+Inf', { method: 'rate' }, '<', Number.POSITIVE_INFINITY],
    ['value>-infinity', { method: 'value' }, '>', Number.NEGATIVE_INFINITY],
  ])('reads %s', (source, aggregation, operator, limit) => {
    expect(parseThresholdExpression(source)).toEqual({ source, aggregation, operator, limit });
  });

  it.each([
    ['p95<200', 'p(95)<200'],
    ['p( 99.9 )<200', 'p(99.9)<200'],
    ['mean <= 5', 'avg<=5'],
    ['median>1e3', 'p(50)>1000'],
    ['rate!==0', 'rate!=0'],
  ])('reads %s, which k6 does not, and says it in its words', (source, forK6) => {
    expect(parseThresholdExpression(source)?.source).toBe(forK6);
    expect(parseThresholdExpression(forK6)?.source).toBe(forK6);
  });

  it('reads numbers with the unit of the metric', () => {
    expect(parseThresholdExpression('avg<0.2s', 'ms')?.source).toBe('avg<200');
    expect(parseThresholdExpression('rate<1%', 'share')?.source).toBe('rate<0.01');
    expect(parseThresholdExpression('avg<200ms', 'tokens')).toBeNull();
  });

  // k6 2.2, run with each of them, leaves with exit code 104; only a bare `p` it takes for p(0).
  it.each([
    'avg<200ms',
    'avg<50 || avg>9',
    'p(101)<1',
    'p(-1)<1',
    'p()<1',
    'p(NaN)<1',
    'p<1',
    'avg',
    'avg<',
    '<5',
    'avg=5',
    'avg<1e999',
    'avg<5<6',
    '',
  ])('refuses %j', (source) => {
    expect(parseThresholdExpression(source)).toBeNull();
  });
});

describe('parseMetricSelector', () => {
  it.each([
    ['llm_ttft', 'llm_ttft', []],
    ['llm_ttft{model:a}', 'llm_ttft', [{ name: 'model', value: 'a' }]],
    [
      'llm_ttft{ model : a , url:http://h:1/x }',
      'llm_ttft',
      [
        { name: 'model', value: 'a' },
        { name: 'url', value: 'http://h:1/x' },
      ],
    ],
  ])('takes %s apart', (source, metric, tags) => {
    expect(parseMetricSelector(source)).toEqual({ metric, tags });
  });

  it.each(['llm_ttft{', 'llm_ttft}', 'x}{', 'x{a:1}y', 'x{}', 'x{a}', 'x{a:}', 'x{a:1,2}'])('refuses %s', (source) => {
    expect(parseMetricSelector(source)).toBeNull();
  });
});
