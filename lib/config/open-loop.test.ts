import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { formatProblems } from '../shared/errors.ts';
import { loadConfig } from './load-config.ts';
import { capOf, concurrencyOf, isOpenLoop } from './open-loop.ts';

function refused(settings: Readonly<Record<string, string>>): string {
  return formatProblems(loadConfig({ MODEL: 'm', ...settings }, () => '').problems);
}

describe('the settings of an open loop', () => {
  it('take a rate, inf, or -1 for none, as evalscope has it', () => {
    expect(configOf({ RATE: '2.5' }).rate).toBe(2.5);
    expect(configOf({ RATE: 'inf' }).rate).toBe('inf');
    expect(configOf({ RATE: '-1' }).rate).toBeNull();
    expect(refused({ RATE: '0' })).toContain('a number above 0, or inf for all at once');
    expect(refused({ RATE: '1 2' })).toContain('several values are a sweep');
  });

  it('take stages and moments', () => {
    expect(configOf({ RATE_STAGES: '2@1m,10@5m' }).rateStages).toEqual([
      { target: 2, durationS: 60 },
      { target: 10, durationS: 300 },
    ]);
    for (const wrong of ['2', '2@', '@1m', '-1@1m', '2@1m;3@1m']) {
      expect(refused({ RATE_STAGES: wrong })).toContain('stages such as 1@30s,8@1m,32@2m');
    }
    expect(configOf({ RATE: '1', START_AT: '2026-12-01T08:00:00' }).startAt).toBe(Date.UTC(2026, 11, 1, 8));
    expect(refused({ RATE: '1', START_AT: 'noon' })).toContain('a date and time as ISO 8601');
  });

  it('read parallel beside a rate as the cap, and beside open-loop as nothing, as evalscope does', () => {
    expect(capOf(configOf({ RATE: '2' }))).toBeNull();
    expect(capOf(configOf({ RATE: '2', PARALLEL: '8' }))).toBe(8);
    expect(capOf(configOf({ RATE: '2', PARALLEL: '8', OPEN_LOOP: 'true' }))).toBeNull();
    expect(capOf(configOf({ RATE: '2', MAX_IN_FLIGHT: '9' }))).toBe(9);
    expect(capOf(configOf({ RATE: '2', MAX_IN_FLIGHT: '9', PARALLEL: '8', OPEN_LOOP: 'true' }))).toBe(9);
    expect([concurrencyOf(configOf({ PARALLEL: '8' })), concurrencyOf(configOf({ RATE: '2' }))]).toEqual([8, null]);
    expect([isOpenLoop(configOf({})), isOpenLoop(configOf({ SCHEDULE: 't.csv' }))]).toEqual([false, true]);
  });

  it.each([
    [{ OPEN_LOOP: 'true' }, 'there is no rate (--rate, RATE) or schedule'],
    [{ BURSTINESS: '0.5', MAX_IN_FLIGHT: '4' }, 'leave --max-in-flight out'],
    [{ RATE: '2', SCHEDULE: 't.csv' }, 'and rate says already when requests start'],
    [{ RATE: '2', RAMP_UP: '5s' }, 'which is for a closed loop'],
    [{ RATE: '2', SPEED: '2' }, 'there is no schedule to speed up'],
    [{ RATE: '2', RATE_START: '1' }, 'there is no ramp-up-strategy'],
    [{ RAMP_UP_STRATEGY: 'linear', RATE_START: '1' }, 'which ramp-up-strategy needs'],
    [{ RATE_STAGES: '2@1m', DURATION: '1m' }, 'rate-stages have their own length'],
    [{ RATE: 'inf', DURATION: '1m' }, 'all requests start at once at rate inf'],
    [{ RATE: '2', ARRIVAL: 'poisson', BURSTINESS: '2' }, 'arrival poisson has none'],
    [{ RATE: '2', PARALLEL: '2', MAX_IN_FLIGHT: '2' }, 'max-in-flight is the cap already'],
  ])('refuse %o', (settings, text) => {
    expect(refused(settings)).toContain(text);
  });
});
