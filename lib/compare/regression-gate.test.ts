import { describe, expect, it } from 'vitest';
import type { ComparedNumber } from './compare-runs.ts';
import { judgeRegressionGates, parseRegressionGates, type RegressionGate } from './regression-gate.ts';

function parse(source: string): Partial<RegressionGate> | string {
  const { gates, problems } = parseRegressionGates([source]);
  return gates[0] ?? problems[0]?.allowed ?? 'neither';
}

describe('parseRegressionGates', () => {
  it.each([
    ['p99(ttft)>+10%', { metric: 'ttft', statistic: 'p99', operator: '>', limit: 0.1, isRelative: true }],
    ['mean(tpot)>+0.5ms', { metric: 'tpot', statistic: 'mean', operator: '>', limit: 0.5, isRelative: false }],
    ['avg(itl) > 1s', { metric: 'itl', statistic: 'mean', limit: 1000, isRelative: false }],
    ['med(latency)>5%', { metric: 'latency', statistic: 'p50', limit: 0.05 }],
    ['p(99.9)(ttft)>+100us', { statistic: 'p99.9', limit: 0.1 }],
    ['success_rate<-1%', { metric: 'success_rate', statistic: 'run', operator: '<', limit: -0.01, isRelative: true }],
    ['success_rate<-0.5pp', { limit: -0.005, isRelative: false }],
    ['output_tokens_per_s<-5%', { metric: 'output_tokens_per_s', limit: -0.05 }],
    ['requests_per_s<-2', { metric: 'requests_per_s', limit: -2, isRelative: false }],
    ['mean(output_speed)<-3/s', { metric: 'output_speed', limit: -3, isRelative: false }],
  ])('reads %s', (source, expected) => {
    expect(parse(source)).toMatchObject(expected);
  });

  it.each([
    ['ttft>+10%', /a statistic of ttft/],
    ['p99(success_rate)<-1%', /success_rate alone/],
    ['p99(ttfb)>+10%', /statistics of ttft, tpot/],
    ['p100(ttft)>+10%', /a percentile between 0 and 100/],
    ['max(ttft)>+10%', /mean, med or a percentile/],
    ['p99(ttft)>+10', /the unit %, ms, s or us/],
    ['success_rate<-1', /pp \(percentage points\)/],
    ['p99(ttft)>=+10%', /> for numbers that may not grow/],
    ['p99(ttft)>', /STATISTIC\(METRIC\)/],
    ['constructor>+10%', /STATISTIC\(METRIC\)/],
    ['', /STATISTIC\(METRIC\)/],
  ])('refuses %j and says what is allowed', (source, allowed) => {
    expect(parse(source)).toMatch(allowed);
  });

  it('gives lines to paste that are right', () => {
    const wrong = [
      'ttft>1',
      'p99(success_rate)<1%',
      'p9x(ttft)>1%',
      'p99(itl)>3',
      'requests_per_s<3ms',
      'mean(output_speed)<1ms',
    ];
    const { problems } = parseRegressionGates(wrong);
    expect(problems).toHaveLength(wrong.length);
    for (const { paste } of problems) {
      const source = /^--fail-on '(.+)'$/.exec(paste)?.[1] ?? '';
      expect(parseRegressionGates([source]).problems, paste).toEqual([]);
    }
  });
});

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
