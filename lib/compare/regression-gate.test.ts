import { describe, expect, it } from 'vitest';
import { parseRegressionGates } from '../conditions/differences.ts';
import type { ComparedNumber } from './compare-runs.ts';
import { judgeRegressionGates } from './regression-gate.ts';

describe('judgeRegressionGates', () => {
  const number: ComparedNumber = {
    metric: 'ttft',
    statistic: 'p99',
    title: 'TTFT, p99',
    unit: 'ms',
    better: 'lower',
    base: 100,
    next: 112,
    difference: { value: 12, low: 8, high: 16 },
    relative: { value: 0.12, low: 0.08, high: 0.16 },
    verdict: 'worse',
  };
  const judge = (source: string, changes: Partial<ComparedNumber> = {}): string | undefined =>
    judgeRegressionGates(parseRegressionGates([source]).gates, [{ ...number, ...changes }])[0]?.state;

  it('fails only when the whole interval lies beyond the limit', () => {
    expect(judge('p99(ttft)>+7%')).toBe('failed');
    expect(judge('p99(ttft)>+10%')).toBe('unsure');
    expect(judge('p99(ttft)>+13%')).toBe('passed');
    expect(judge('p99(ttft)>+7ms')).toBe('failed');
    expect(judge('p99(ttft)<+17%')).toBe('failed');
    expect(judge('p99(ttft)<+15%')).toBe('unsure');
  });

  it('fails nothing for want of requests', () => {
    const relative = { value: 0.5, low: null, high: null };
    expect(judge('p99(ttft)>+10%', { relative })).toBe('unsure');
    expect(judge('p99(ttft)>+60%', { relative })).toBe('unsure');
  });

  it('fails where the new run has no number and the base has one, and cannot judge where the base has none', () => {
    expect(judge('p99(ttft)>+10%', { next: null, relative: null, difference: null })).toBe('failed');
    expect(judge('p99(ttft)>+10%', { base: null, relative: null, difference: null })).toBe('unsure');
    expect(judge('p99(ttft)>+10%', { base: 0, relative: null })).toBe('unsure');
    expect(judge('p75(ttft)>+10%')).toBe('unsure');
  });
});
