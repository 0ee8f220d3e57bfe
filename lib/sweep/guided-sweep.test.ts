import { describe, expect, it } from 'vitest';
import { describeNoRates, planGuidedSweep, planRates } from './guided-sweep.ts';
import { setPoint } from './plan-sweep.ts';

const problemsOf = (settings: Readonly<Record<string, string>>): string[] =>
  planGuidedSweep(settings)?.problems.map(({ key, got }) => `${key}: ${got}`) ?? [];

describe('planGuidedSweep', () => {
  it('begins with one request at a time and all at once, without what only an open loop has', () => {
    const sweep = planGuidedSweep({ SWEEP: '10', NUMBER: '200', ARRIVAL: 'constant' });
    expect(sweep).toMatchObject({ size: 10, first: [{ load: '1' }, { load: '200' }], problems: [] });
    expect(setPoint(sweep?.first[1] as never)).toMatchObject({ PARALLEL: '200', NUMBER: '200', ARRIVAL: '' });
    expect(planGuidedSweep({ SWEEP: '3', DURATION: '30s' })?.first.map(({ load }) => load)).toEqual(['1', '512']);
    expect(planGuidedSweep({ SWEEP: '3', NUMBER: '900', MAX_IN_FLIGHT: '64' })?.first[1]?.load).toBe('64');
    expect(planGuidedSweep({})).toBeNull();
  });

  it.each([
    [{ SWEEP: '2', NUMBER: '9' }, 'SWEEP (--sweep): "2"'],
    [{ SWEEP: 'x', NUMBER: '9' }, 'SWEEP (--sweep): "x"'],
    [{ SWEEP: '9' }, 'NUMBER (--number): nothing, beside --sweep'],
    [{ SWEEP: '9', NUMBER: '9', RATE: '2' }, 'RATE (--rate): a value beside --sweep'],
    [{ SWEEP: '9', NUMBER: '9', RATE_STAGES: '2@1m' }, 'RATE_STAGES (--rate-stages): a value beside --sweep'],
    [{ SWEEP: '9', NUMBER: '9', PARALLEL: '2' }, 'PARALLEL (--parallel): a value beside --sweep'],
  ])('refuses %j', (settings, problem) => {
    expect(problemsOf(settings)).toEqual([problem]);
  });
});

describe('planRates', () => {
  it('goes evenly from the slowest rate to the highest, which is the last', () => {
    // numpy: linspace(2, 10, 5)[1:] is 4, 6, 8, 10.
    expect(planRates(6, '50', 2, 10)).toEqual(
      ['4', '6', '8', '10'].map((load) => ({ varies: 'rate', load, number: '50', without: ['RAMP_UP'] })),
    );
  });

  it('has none where all at once is no faster, or was not measured', () => {
    expect(planRates(6, null, 10, 10)).toEqual([]);
    expect(planRates(6, null, 10, null)).toEqual([]);
    expect(planRates(6, null, undefined, 3)).toEqual([]);
    const first = (NUMBER: string) => planGuidedSweep({ SWEEP: '6', NUMBER })?.first ?? [];
    expect(describeNoRates(first('8'))).toContain('all at once is no faster than one at a time');
    expect(describeNoRates(first('1'))).toContain('one request at a time is all at once');
  });
});
