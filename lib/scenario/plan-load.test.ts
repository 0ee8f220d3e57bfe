import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { describePlan, planLoad, warmupRequests } from './plan-load.ts';

describe('warmupRequests', () => {
  // evalscope: max(1, int(share * number)); 0.29 * 100 is 28.999999999999996 in floats, in Python too.
  it.each([
    ['0', 10, 0],
    ['2', 5, 2],
    ['100', 5, 100],
    ['0.2', 10, 2],
    ['0.29', 100, 28],
    ['0.01', 10, 1],
  ])('reads %s of %i requests as %i', (warmupNum, planned, expected) => {
    expect(warmupRequests(configOf({ WARMUP_NUM: warmupNum }), planned)).toBe(expected);
  });
});

describe('planLoad', () => {
  const plan = (settings: Readonly<Record<string, string>>, times: readonly number[] | null = null) =>
    planLoad(configOf(settings), 100, times);

  it('has no starts in a closed loop', () => {
    const closed = { warmups: 0, starts: null, places: null };
    expect(plan({ NUMBER: '10', WARMUP_NUM: '2' })).toEqual({
      ...closed,
      expectedRequests: 10,
      warmups: 2,
      iterations: 12,
    });
    expect(plan({ DURATION: '10' })).toEqual({ ...closed, expectedRequests: null, iterations: null });
    expect(plan({ STAGES: '1@5s,2@5s' })).toEqual({ ...closed, expectedRequests: null, iterations: null });
  });

  it('counts a warm-up by time in: in a closed loop nobody knows how many that is', () => {
    const closed = plan({ NUMBER: '10', WARMUP_DURATION: '1s' });
    expect(closed).toEqual({ expectedRequests: null, warmups: 0, iterations: 10, starts: null, places: null });
    const open = plan({ RATE: '10', ARRIVAL: 'constant', NUMBER: '20', WARMUP_DURATION: '1s' });
    // The tenth is due at 1 s, which is no longer within it.
    expect(open).toMatchObject({ expectedRequests: 11, warmups: 9, iterations: 20 });
  });

  it('sends the warm-up first, on the same schedule', () => {
    const { expectedRequests, warmups, starts } = plan({ RATE: '2', NUMBER: '10', WARMUP_NUM: '2' });
    expect([expectedRequests, warmups, starts?.length, starts?.at(-1)]).toEqual([10, 2, 12, 6000]);
  });

  it('knows how many requests start within a duration, and within stages', () => {
    expect(plan({ RATE: '2', ARRIVAL: 'constant', DURATION: '10', WARMUP_NUM: '5' })).toMatchObject({
      expectedRequests: 14,
      warmups: 5,
    });
    expect(plan({ RATE_STAGES: '2@10s', ARRIVAL: 'constant' }).expectedRequests).toBe(20);
  });

  it('plays all times of a file, or so many, with the warm-up among them', () => {
    const [times, SCHEDULE] = [[0, 1, 2, 3, 4], 't.csv'];
    expect(plan({ SCHEDULE }, times)).toMatchObject({ expectedRequests: 5, warmups: 0 });
    expect(plan({ SCHEDULE, WARMUP_NUM: '0.4' }, times)).toMatchObject({ expectedRequests: 3, warmups: 2 });
    expect(plan({ SCHEDULE, NUMBER: '2' }, times).starts).toEqual([0, 1000]);
    // evalscope: 100 of 5 are 5.
    expect(plan({ SCHEDULE, WARMUP_NUM: '100' }, times)).toMatchObject({ expectedRequests: 0, warmups: 5 });
  });

  it('makes room for half a minute, for three times what a first look took, or for the cap', () => {
    const settings = { RATE: '10', ARRIVAL: 'constant', DURATION: '60' };
    const places = (lookMs: number | null): number | null => planLoad(configOf(settings), 100, null, lookMs).places;
    // At 10/s; a look of less than 3.3 s counts as one.
    expect([places(null), places(8000), places(50)]).toEqual([300, 240, 100]);
    expect(plan({ ...settings, MAX_IN_FLIGHT: '7' }).places).toBe(7);
    expect(plan({ RATE: '0.1', NUMBER: '4' }).places).toBe(10);
    expect(describePlan(configOf(settings), plan(settings), 8000).join()).toContain(
      'room for 300 requests; 240 start in the busiest 24 s (trial requests took 8.00 s); --max-in-flight',
    );
  });

  it('says what a reader needs to know of the load', () => {
    const notes = (settings: Readonly<Record<string, string>>): string =>
      describePlan(configOf(settings), plan(settings)).join(' ');
    expect(notes({ RATE: '2', NUMBER: '5' })).toContain(
      'room for 5 requests; 5 start in the busiest 30 s; --max-in-flight',
    );
    expect(notes({ RATE: '2', MAX_IN_FLIGHT: '5' })).toBe('');
    expect(notes({ RATE: '2', PARALLEL: '5', OPEN_LOOP: 'true' })).toContain('--parallel has no effect');
    // The report says it of a warm-up that is small.
    expect(notes({ PARALLEL: '8', WARMUP_NUM: '2' })).toBe('');
  });

  it('says where a schedule has fewer starts than were asked for', () => {
    const tell = (settings: Readonly<Record<string, string>>, times: readonly number[] | null): string =>
      describePlan(
        configOf({ MAX_IN_FLIGHT: '5', ...settings }),
        plan({ MAX_IN_FLIGHT: '5', ...settings }, times),
      ).join();
    const SCHEDULE = 't.csv';
    expect(tell({ SCHEDULE, NUMBER: '5' }, [0, 1, 2])).toBe(
      'The schedule ends after 3 starts, warm-up included, before --number 5 is reached.',
    );
    // Three are there, and two of them are warm-up.
    expect(tell({ SCHEDULE, NUMBER: '3', WARMUP_NUM: '2' }, [0, 1, 2])).toContain('before --number 3');
    expect(tell({ SCHEDULE, NUMBER: '3', WARMUP_DURATION: '1s' }, [0, 1, 2])).toBe('');
    expect(tell({ SCHEDULE, NUMBER: '3' }, [0, 1, 2])).toBe('');
    expect(tell({ SCHEDULE }, [0, 1, 2])).toBe('');
    expect(tell({ RATE: '2', ARRIVAL: 'constant', NUMBER: '100', DURATION: '5s' }, null)).toContain('after 9 starts');
  });
});
