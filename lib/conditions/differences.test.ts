import { describe, expect, it } from 'vitest';
import { parseRegressionGates, type RegressionGate } from './differences.ts';

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
    ['median(ttft)>+5%', { metric: 'ttft', statistic: 'p50' }],
    ['p(50)(ttft)>+5%', { metric: 'ttft', statistic: 'p50' }],
  ])('reads %s', (source, expected) => {
    expect(parse(source)).toMatchObject(expected);
  });

  it.each([
    ['ttft>+10%', /a statistic of ttft/],
    ['p99(success_rate)<-1%', /success_rate alone/],
    ['p99(ttfb)>+10%', /statistics of ttft, connect, ttft_connected, first_content/],
    ['p100(ttft)>+10%', /a percentile between 0 and 100/],
    ['max(ttft)>+10%', /mean, med or a percentile/],
    ['p99(ttft)>+10', /the unit %, ms, s or us/],
    ['success_rate<-1', /pp \(percentage points\)/],
    ['p99(ttft)>=+10%', /> for numbers that may not grow/],
    ['p99(ttft, tpot)>+10%', /statistics of ttft/],
    ['p99(ttft){model:m}>+10%', /STATISTIC\(METRIC\)/],
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
