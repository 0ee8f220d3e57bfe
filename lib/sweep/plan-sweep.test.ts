import { describe, expect, it } from 'vitest';
import { planSweep, type SweepPlan } from './plan-sweep.ts';

function pairs(plan: SweepPlan): unknown {
  return plan.state === 'sweep' ? plan.points.map(({ load, number }) => [load, number]) : plan;
}

describe('planSweep', () => {
  it.each([{}, { PARALLEL: '4' }, { PARALLEL: ' 4 ', NUMBER: '15' }, { NUMBER: '' }, { PARALLEL: '[4]' }])(
    'sees a single run in %j',
    (env) => expect(planSweep(env)).toEqual({ state: 'single' }),
  );

  it('pairs the two lists, however they are written', () => {
    const expected = [
      ['1', '10'],
      ['4', '40'],
      ['16', '160'],
    ];
    expect(pairs(planSweep({ PARALLEL: '1 4 16', NUMBER: '10 40 160' }))).toEqual(expected);
    expect(pairs(planSweep({ PARALLEL: '1,4, 16', NUMBER: '[10, 40, 160]' }))).toEqual(expected);
  });

  it('takes one number for all points, or none', () => {
    expect(pairs(planSweep({ PARALLEL: '1 4', NUMBER: '10' }))).toEqual([
      ['1', '10'],
      ['4', '10'],
    ]);
    expect(pairs(planSweep({ PARALLEL: '1 4' }))).toEqual([
      ['1', null],
      ['4', null],
    ]);
  });

  it.each([
    [{ PARALLEL: '1 4 16', NUMBER: '10 40' }, '2 numbers for 3 concurrencies'],
    [{ PARALLEL: '4', NUMBER: '10 40' }, '2 numbers for one concurrency'],
    [{ NUMBER: '10 40' }, '2 numbers for one concurrency'],
  ])('refuses lists of different lengths: %j', (env, got) => {
    expect(planSweep(env)).toMatchObject({ state: 'refused', problems: [{ key: 'NUMBER (--number)', got }] });
  });

  it('refuses a point twice, in whatever spelling, since both would share a folder', () => {
    expect(planSweep({ PARALLEL: '4 1 04', NUMBER: '10' })).toMatchObject({
      state: 'refused',
      problems: [{ got: 'the point parallel 4, number 10 twice' }],
    });
    expect(planSweep({ PARALLEL: '4 4', NUMBER: '10 20' }).state).toBe('sweep');
  });

  it('pairs rates as it pairs concurrencies, and takes one concurrency beside them as a cap', () => {
    expect(planSweep({ RATE: '1,2.50', NUMBER: '10 25', PARALLEL: '8' })).toEqual({
      state: 'sweep',
      points: [
        { varies: 'rate', load: '1', number: '10' },
        { varies: 'rate', load: '2.5', number: '25' },
      ],
    });
    expect(pairs(planSweep({ RATE: '1 inf', NUMBER: '10' }))).toEqual([
      ['1', '10'],
      ['inf', '10'],
    ]);
    // All at once, no gaps are drawn.
    expect(planSweep({ RATE: '1 inf', ARRIVAL: 'gamma' })).toMatchObject({
      points: [{ load: '1' }, { load: 'inf', without: ['ARRIVAL', 'BURSTINESS'] }],
    });
    expect(planSweep({ PARALLEL: '1 4', RATE: '5' })).toMatchObject({ points: [{ varies: 'parallel' }, {}] });
    expect(planSweep({ RATE: '5', NUMBER: '10' })).toEqual({ state: 'single' });
    // However the switch is written, as an environment has it.
    expect(planSweep({ RATE: '1 2', PARALLEL: '1 4', OPEN_LOOP: '1' })).toMatchObject({ points: [{ load: '1' }, {}] });
  });

  it.each([
    [{ RATE: '1 2', PARALLEL: '1 4' }, 'several rates beside several values of --parallel'],
    [{ RATE: '1 2 4', NUMBER: '10 40' }, '2 numbers for 3 rates'],
    [{ RATE: '5', NUMBER: '10 40' }, '2 numbers for one rate'],
    [{ RATE: '2 2.0', NUMBER: '10' }, 'the point rate 2, number 10 twice'],
    [{ RATE: '.5 0.5', NUMBER: '10' }, 'the point rate 0.5, number 10 twice'],
  ])('refuses rates in %j', (env, got) => {
    expect(planSweep(env)).toMatchObject({ state: 'refused', problems: [{ got }] });
  });

  it('leaves what is not a number for the configuration to refuse', () => {
    expect(pairs(planSweep({ PARALLEL: '1 many' }))).toEqual([
      ['1', null],
      ['many', null],
    ]);
  });
});
