import { describe, expect, it } from 'vitest';
import { parseMetricSelector, parseThresholdExpression } from './thresholds.ts';

describe('parseThresholdExpression', () => {
  it.each([
    ['p(95)<200', { method: 'p', percentile: 95 }, '<', 200],
    ['p(99.9) >= 1e3', { method: 'p', percentile: 99.9 }, '>=', 1000],
    ['p(0)>-5', { method: 'p', percentile: 0 }, '>', -5],
    ['  avg<=.5 ', { method: 'avg' }, '<=', 0.5],
    ['med!=1.', { method: 'med' }, '!=', 1],
    ['count===3', { method: 'count' }, '===', 3],
    ['count == 3', { method: 'count' }, '==', 3],
    ['rate<+Inf', { method: 'rate' }, '<', Number.POSITIVE_INFINITY],
    ['value>-infinity', { method: 'value' }, '>', Number.NEGATIVE_INFINITY],
  ])('reads %s', (source, aggregation, operator, limit) => {
    expect(parseThresholdExpression(source)).toEqual({ aggregation, operator, limit });
  });

  // k6 2.2, run with each of them, leaves with exit code 104; only a bare `p` it takes for p(0).
  it.each([
    'p95<200',
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
    'mean<5',
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
    ['llm_ttft{model:a}', 'llm_ttft', ['model:a']],
    ['llm_ttft{ model : a , url:http://h:1/x }', 'llm_ttft', ['model : a', 'url:http://h:1/x']],
  ])('takes %s apart', (source, metric, tags) => {
    expect(parseMetricSelector(source)).toEqual({ metric, tags });
  });

  it.each(['llm_ttft{', 'llm_ttft}', 'x}{', 'x{a:1}y', 'x{}', 'x{a}', 'x{a:}', 'x{a:1,2}'])('refuses %s', (source) => {
    expect(parseMetricSelector(source)).toBeNull();
  });
});
