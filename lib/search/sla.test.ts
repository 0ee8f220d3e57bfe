import { describe, expect, it } from 'vitest';
import { countSlaRequests, describeIdle, type PlannedSla, planSla } from './sla-flags.ts';
import { averageSlaRuns, parseSlaParams, passesSla, readSlaMetric, type SlaGroup, scoreSla } from './sla-params.ts';
import { nextSlaStep, type SlaOutcome, type SlaPlan } from './sla-steps.ts';

function follow(plan: SlaPlan, outcome: (load: number) => SlaOutcome): { loads: number[]; found: number | null } {
  const known = new Map<number, SlaOutcome>();
  for (;;) {
    const step = nextSlaStep(plan, known);
    if (step.state === 'done') return { loads: [...known.keys()], found: step.found };
    known.set(step.load, outcome(step.load));
  }
}

describe('the steps of an auto-tune', () => {
  // What evalscope's SLAAutoTuner probes, in its order, with a fake runner whose latency is 0.1 s times the load.
  const range = { lower: 1, upper: 64 };
  it.each([
    [2, 13, [2, 4, 8, 16, 12, 14, 13], 13],
    [8, 3.5, [8, 4, 2, 3], 3],
    [8, 0.5, [8, 4, 2, 1], null],
    [3, 1000, [3, 6, 12, 24, 48, 64], 64],
  ])('from %i with a limit at %d are %j', (first, limit, loads, found) => {
    expect(follow({ ...range, first, goal: 'pass' }, (load) => load <= limit)).toEqual({ loads, found });
  });

  it('look for the best value with one peak', () => {
    expect(follow({ ...range, first: 4, goal: 'best' }, (load) => 100 - Math.abs(load - 20))).toEqual({
      ...{ loads: [4, 8, 16, 32, 24, 20, 22, 21], found: 20 },
    });
    expect(follow({ ...range, first: 64, goal: 'best' }, () => 1)).toEqual({ loads: [64], found: 64 });
  });

  it('begin within the bounds', () => {
    expect(follow({ lower: 4, upper: 8, first: 1, goal: 'pass' }, () => false)).toEqual({ loads: [4], found: null });
  });
});

describe('the conditions of an auto-tune', () => {
  const RESULT = {
    metrics: { 'Avg TTFT (ms)': 50, 'Avg Latency (s)': 1.2, 'Total Requests': 8, 'Success Requests': 8 },
    percentiles: { Percentiles: ['50%', '99%'], 'TTFT (ms)': [40, 90], 'Latency (s)': [1, 2] },
  };
  const passes = (text: string): boolean => passesSla((parseSlaParams(text) as readonly SlaGroup[])[0] ?? [], RESULT);

  it.each([
    // evalscope 1.14 compares TTFT in milliseconds, where its docs write seconds.
    ['[{"avg_ttft": "<=2"}]', false],
    ['[{"avg_ttft": "<=2s"}]', true],
    ['[{"avg_ttft": "<50ms"}]', false],
    ['[{"avg_ttft": "<=50"}]', true],
    ['[{"p99_ttft": "<100", "p99_latency": "<=2"}]', true],
    ['[{"p99_ttft": "<100", "p99_latency": "<1900ms"}]', false],
    ['[{"p90_ttft": "<100"}]', false],
    ['{"avg_latency": "≥1.2"}', true],
  ])('%s', (text, holds) => {
    expect(passes(text)).toBe(holds);
  });

  it('want every request to succeed', () => {
    const failed = { ...RESULT, metrics: { ...RESULT.metrics, 'Success Requests': 7 } };
    expect(passesSla([{ metric: 'avg_ttft', operator: '<=', limit: 99, text: '' }], failed)).toBe(false);
    expect(scoreSla([{ metric: 'avg_ttft', operator: 'min', limit: 0, text: '' }], RESULT)).toBe(-50);
    expect(scoreSla([{ metric: 'avg_ttft', operator: 'min', limit: 0, text: '' }], failed)).toBe(-Infinity);
  });

  it.each([
    ['', 'not a JSON list of groups'],
    ['[]', 'not a JSON list of groups'],
    ['[{}]', 'a group that is not a JSON object with a condition'],
    ['[{"ttft": "<1"}]', 'a metric that is none of'],
    ['[{"tps": ">1s"}]', 'a condition of tps that is not read'],
    ['[{"tps": "max", "avg_ttft": "<1"}]', 'max and min must be alone'],
  ])('are refused: %s', (text, why) => {
    expect(parseSlaParams(text)).toContain(why);
  });

  it('are judged on the mean of the runs, cell by cell', () => {
    const run = (ttft: number, p99: number | undefined) => ({
      summary: { 'Avg TTFT (ms)': ttft },
      rows: [{ Percentiles: '99%', ...(p99 === undefined ? {} : { 'TTFT (ms)': p99 }) }],
    });
    const result = averageSlaRuns([run(40, 80), run(60, 100), run(50, undefined)]);
    expect(result).toEqual({
      metrics: { 'Avg TTFT (ms)': 50 },
      percentiles: { Percentiles: ['99%'], 'TTFT (ms)': [90] },
    });
    expect(readSlaMetric('p99_ttft', result)).toBe(90);
  });
});

describe('the settings of an auto-tune', () => {
  it('are evalscope’s, with its defaults', () => {
    expect(planSla({ SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', PARALLEL: '4 8' })).toMatchObject({
      ...{ variable: 'parallel', runs: 3, first: 4, lower: 1, upper: 65_536, fixedParallel: null, multiplier: 2 },
      problems: [],
    });
    expect(planSla({})).toBeNull();
    expect([1, 3, 5].map((load) => countSlaRequests(load, 1.5))).toEqual([2, 4, 8]);
    expect(countSlaRequests(1, 0.1)).toBe(1);
  });

  it('begin at the lower bound where the rate is below it, as evalscope’s -1 for none', () => {
    const from = (RATE: string) =>
      planSla({ SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', SLA_VARIABLE: 'rate', RATE });
    for (const rate of ['-1', '0.2']) {
      const plan = from(rate);
      expect(plan?.problems).toEqual([]);
      expect(nextSlaStep({ goal: 'best', ...(plan as PlannedSla) }, new Map())).toEqual({ state: 'probe', load: 1 });
    }
    expect(from('inf')?.problems.map(({ key }) => key)).toEqual(['RATE (--rate)']);
  });

  it('tell what they pass over', () => {
    const settings = { SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', PARALLEL: '4 8' };
    const idle = (more: object): string[] => {
      const all = { ...settings, ...more };
      return describeIdle(all, planSla(all) as PlannedSla);
    };
    expect(idle({ PARALLEL: '4' })).toEqual([]);
    expect(idle({ NUMBER: '9' })).toEqual([
      expect.stringMatching(/^--number has no effect/),
      '--sla-auto-tune begins at the first value of --parallel, 4.',
    ]);
    expect(idle({ SLA_VARIABLE: 'rate', RATE: '2' })).toEqual([expect.stringMatching(/^--parallel has no effect/)]);
  });

  it.each([
    [{ SLA_AUTO_TUNE: 'true' }, 'SLA_PARAMS (--sla-params)'],
    [{ SLA_PARAMS: '[{"tps": "max"}]' }, 'SLA_PARAMS (--sla-params)'],
    [{ SLA_AUTO_TUNE: 'maybe' }, 'SLA_AUTO_TUNE (--sla-auto-tune)'],
    [{ SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', FIND: 'max-rate' }, 'FIND (--find)'],
    [{ SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', STAGES: '1@2s' }, 'STAGES (--stages)'],
    [{ SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', RATE: '2' }, 'RATE (--rate)'],
    [
      { SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', RATE: '-1', SLA_FIXED_PARALLEL: '2' },
      'SLA_FIXED_PARALLEL (--sla-fixed-parallel)',
    ],
    [{ SLA_AUTO_TUNE: 'true', SLA_PARAMS: '[{"tps": "max"}]', SLA_VARIABLE: 'x' }, 'SLA_VARIABLE (--sla-variable)'],
  ])('refuse %j', (settings, key) => {
    expect(planSla(settings)?.problems.map((problem) => problem.key)).toEqual([key]);
  });
});
