import { describe, expect, it } from 'vitest';
import { EngineError } from '../engine-error.ts';
import { MetricRegistry } from '../metrics/registry.ts';
import { TagSet } from '../metrics/tag-set.ts';
import { parseMetricSelector, parseThresholdExpression } from './expression.ts';

import { evaluateAbortingThresholds, evaluateThresholds, readThresholds, setUpThresholds } from './thresholds.ts';

function createRegistry(): MetricRegistry {
  const registry = new MetricRegistry();
  registry.create('ttft', 'trend', 'time');
  registry.create('requests_ok', 'counter');
  registry.create('checks', 'rate');
  registry.create('level', 'gauge');
  return registry;
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError && error.exitCode === 104) return error.message;
    throw error;
  }
  return 'accepted';
}

const setUp = (thresholds: object, registry = createRegistry()) =>
  setUpThresholds(readThresholds(thresholds), registry);

/** Whether a threshold on one metric passes, with the samples given. */
function passes(metric: string, source: string, samples: readonly number[] = []): boolean {
  const registry = createRegistry();
  const gated = setUp({ [metric]: [source] }, registry);
  for (const sample of samples) registry.get(metric.replace(/\{.*/, ''))!.add(sample, new TagSet({ model: 'a' }));
  return evaluateThresholds(gated, 10_000).crossed.length === 0;
}

describe('threshold expressions', () => {
  it.each([
    ['p(95)<200', { method: 'p', key: 'p(95)', operator: '<', value: 200 }],
    ['p(99.9) >= 1e3', { method: 'p', key: 'p(99.9)', operator: '>=', value: 1000 }],
    ['avg === -5', { method: 'avg', key: 'avg', operator: '===', value: -5 }],
    ['count!=0.5', { method: 'count', key: 'count', operator: '!=', value: 0.5 }],
    ['rate <Inf', { method: 'rate', key: 'rate', operator: '<', value: Number.POSITIVE_INFINITY }],
  ])('reads %s', (source, expected) => {
    expect(parseThresholdExpression(source)).toEqual(expected);
  });

  // Texts of k6 v2.2.
  it.each([
    [
      'p95<200',
      'failed parsing threshold expression\'s "p95<200" left hand side; reason: failed parsing method from expression',
    ],
    [
      'avg<200ms',
      'failed parsing threshold expresion\'s "avg<200ms" right hand side; reason: strconv.ParseFloat: parsing "200ms": invalid syntax',
    ],
    [
      'p(101)<1',
      'failed parsing threshold expression\'s "p(101)<1" left hand side; reason: malformed percentile value, provide a number between 0 and 100',
    ],
    ['foo', 'failed parsing threshold expression "foo"; reason: malformed threshold expression'],
    [
      'avg<50 || avg<9',
      'failed parsing threshold expresion\'s "avg<50 || avg<9" right hand side; reason: strconv.ParseFloat: parsing "50 || avg<9": invalid syntax',
    ],
  ])('refuses %s with the text of k6', (source, text) => {
    expect(refusal(() => parseThresholdExpression(source))).toBe(text);
  });
});

describe('threshold keys', () => {
  it('take tags apart as k6 does: spaces, quotes, colons in values', () => {
    expect(parseMetricSelector('ttft')).toEqual({ metric: 'ttft', part: null });
    expect(parseMetricSelector('ttft{ a : 1 }').part?.tags).toEqual({ a: '1' });
    expect(parseMetricSelector('ttft{a:"1",b:x:y}').part?.tags).toEqual({ a: '1', b: 'x:y' });
  });

  it.each([
    [
      'ttft{group:}',
      'unable to validate threshold expressions; reason: parsing metric name failed, metric "group:" tag expression is malformed',
    ],
    [
      'ttft{a:1',
      'unable to validate threshold expressions; reason: parsing metric name failed, metric "ttft{a:1" has unmatched opening/close curly brace',
    ],
    [
      'ttft{a:b,c}',
      'unable to validate threshold expressions; reason: parsing metric name failed, metric "c" tag expression is malformed',
    ],
  ])('refuse %s', (key, text) => {
    expect(refusal(() => parseMetricSelector(key))).toBe(text);
  });
});

describe('setUpThresholds', () => {
  it.each([
    [{ nope: ['rate<1'] }, 'invalid threshold defined on nope; reason: no metric name "nope" found'],
    [{ 'nope{a:b}': ['count<1'] }, 'invalid threshold defined on nope{a:b}; reason: no metric name "nope{a:b}" found'],
    [
      { ttft: ['count>1'] },
      'invalid threshold "count>1" applied on metric ttft; reason: unsupported aggregation method count on metric of type trend. supported aggregation methods for this metric are: avg, min, max, med, p',
    ],
  ])('refuses %j', (thresholds, text) => {
    expect(refusal(() => setUp(thresholds))).toBe(text);
  });

  it('makes sub-metrics and shows them, also for an empty list and null', () => {
    const registry = createRegistry();
    setUp({ 'ttft{model:a}': [], level: null }, registry);
    expect(registry.observed().map(({ name }) => name)).toEqual(['ttft', 'ttft{model:a}', 'level']);
  });
});

describe('evaluation', () => {
  // The table of k6's results on empty metrics, each run in k6 v2.2.
  it.each([
    ['ttft', 'p(95)<1', true],
    ['ttft', 'p(95)>1', false],
    ['ttft{nosuch:1}', 'p(99)<1', true],
    ['checks', 'rate>0.99', true],
    ['checks', 'rate==1', true],
    ['checks', 'rate<0.01', true],
    ['requests_ok', 'count>0', false],
    ['level', 'value<1', true],
    ['level', 'value>0', false],
  ])('%s without samples: %s passes is %s', (metric, source, expected) => {
    expect(passes(metric, source)).toBe(expected);
  });

  it('compares what was measured', () => {
    expect(passes('ttft', 'p(50)<=25', [10, 20, 30, 40])).toBe(true);
    expect(passes('ttft', 'p(50)<25', [10, 20, 30, 40])).toBe(false);
    expect(passes('ttft{model:a}', 'max<40', [10, 40])).toBe(false);
    expect(passes('ttft{model:b}', 'max<1', [10, 40])).toBe(true);
    expect(passes('checks', 'rate>=0.5', [1, 0])).toBe(true);
    expect(passes('requests_ok', 'rate==0.2', [2])).toBe(true);
    expect(passes('level', 'value!=3', [3])).toBe(false);
  });

  it('names crossed metrics in order', () => {
    const registry = createRegistry();
    const gated = setUp({ ttft: ['avg>5'], requests_ok: ['count>0'], level: ['value<1'] }, registry);
    expect(evaluateThresholds(gated, 1000)).toEqual({ crossed: ['requests_ok', 'ttft'], abort: false });
  });

  it('aborts only with abortOnFail, with samples, and after the delay', () => {
    const registry = createRegistry();
    const gated = setUp({ ttft: [{ threshold: 'avg<5', abortOnFail: true, delayAbortEval: '5s' }] }, registry);
    expect(evaluateAbortingThresholds(gated, 9000).abort).toBe(false);
    registry.get('ttft')!.add(10, new TagSet({}));
    expect(evaluateAbortingThresholds(gated, 4000)).toEqual({ crossed: ['ttft'], abort: false });
    expect(evaluateAbortingThresholds(gated, 5001)).toEqual({ crossed: ['ttft'], abort: true });
  });

  it('leaves thresholds without abortOnFail for the end', () => {
    const registry = createRegistry();
    const gated = setUp({ ttft: ['avg<5'] }, registry);
    registry.get('ttft')!.add(10, new TagSet({}));
    expect(evaluateAbortingThresholds(gated, 9000)).toEqual({ crossed: [], abort: false });
  });
});
