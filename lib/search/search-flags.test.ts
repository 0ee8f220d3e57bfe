import { describe, expect, it } from 'vitest';
import { checkGates } from '../conditions/gates.ts';
import { checkSearchGates, planSearch } from './search-flags.ts';

const GATES = 'p99(ttft)<500';

describe('planSearch', () => {
  it('is nothing without FIND', () => {
    expect(planSearch({ GATES })).toBeNull();
    expect(planSearch({ FIND: '' })).toBeNull();
  });

  it('searches whole numbers of users from 1 on, and rates below that too', () => {
    expect(planSearch({ FIND: 'max-parallel', GATES })).toEqual({
      name: 'max-parallel',
      plan: { first: 1, least: 1, most: 1024, whole: true, width: 0.1 },
      problems: [],
    });
    const rate = planSearch({ FIND: 'max-rate', FIND_TO: '20', GATES });
    expect(rate?.plan).toEqual({ first: 1, least: 0.01, most: 20, whole: false, width: 0.1 });
  });

  it.each([
    [{ FIND: 'max-paralel', GATES }, ['FIND (--find)']],
    [{ FIND: 'max-parallel' }, ['GATES (--gate)']],
    [{ FIND: 'max-parallel', GATES, FIND_FROM: '9', FIND_TO: '8' }, ['FIND_TO (--find-to)']],
    [{ FIND: 'max-parallel', GATES, FIND_FROM: '1.5' }, ['FIND_FROM, FIND_TO (--find-from, --find-to)']],
    [{ FIND: 'max-rate', GATES, STAGES: '1@2s' }, ['STAGES (--stages)']],
    [{ FIND_TO: '9' }, ['FIND_TO (--find-to)']],
    [{ FIND: 'knee', RATE: '2', USERS: '3' }, ['RATE (--rate)', 'USERS (--users)']],
    [
      { FIND: 'max-rate', GATES, USERS: '3', SLA_AUTO_TUNE: 'true', SWEEP: '3', OVER_SATURATION: 'on' },
      ['SLA_AUTO_TUNE (--sla-auto-tune)', 'SWEEP (--sweep)', 'OVER_SATURATION (--over-saturation)'],
    ],
    [{ FIND: 'max-rate', GATES, SLA_AUTO_TUNE: 'false', OVER_SATURATION: 'off' }, []],
    [
      { FIND: 'max-parallel', PARALLEL: '1 4', NUMBER: '5' },
      ['PARALLEL (--parallel)', 'NUMBER (--number)', 'GATES (--gate)'],
    ],
  ])('tells all that is wrong with %j', (settings, keys) => {
    expect(planSearch(settings)?.problems.map(({ key }) => key)).toEqual(keys);
  });
});

describe('checkSearchGates', () => {
  const wrong = (name: Parameters<typeof checkSearchGates>[0], ...gates: string[]): string[] =>
    checkSearchGates(name, checkGates(gates, '', (gate) => gate).gates).map(({ got }) => got);

  it('wants a gate, and one on goodput for max-goodput, wherever it is written', () => {
    expect(wrong('knee')).toEqual([]);
    expect(wrong('max-rate')).toEqual(['nothing, beside --find']);
    expect(wrong('max-goodput', 'p99(ttft)<500')).toEqual(['none on goodput, beside --find max-goodput']);
    expect(wrong('max-goodput', 'goodput(ttft<500)>=0.9')).toEqual([]);
    // Those of a profile are not known yet.
    expect(planSearch({ FIND: 'max-goodput', THRESHOLDS: 'own.json' })?.problems).toEqual([]);
  });

  it('refuses gates on requests that a probe does not have', () => {
    expect(wrong('max-parallel', 'p99(ttft){scenario:probe}<500', 'p99(ttft){model:m}<500')).toEqual([
      'p99(ttft){scenario:probe}<500, beside --find',
    ]);
    expect(wrong('max-rate', 'p99(ttft){stage:2}<500')).toHaveLength(1);
  });
});
