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

  it('take no share of errors that nothing exceeds, beside any load', () => {
    expect(configOf({ MAX_ERROR_RATE: '0.99' }).maxErrorRate).toBe(0.99);
    expect(refused({ MAX_ERROR_RATE: '1' })).toContain('no share is larger than that');
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
    [{ SCHEDULE: 't.csv', ARRIVAL: 'constant' }, 'and no gap between starts is drawn'],
    [{ RATE: 'inf', ARRIVAL: 'poisson' }, 'leave --arrival out'],
    [{ RATE: 'inf', BURSTINESS: '0.5' }, 'leave --burstiness out'],
    [{ RATE: '1000000', DURATION: '1h' }, 'more than 10 million starts'],
    [{ RATE: '5', NUMBER: '10000001' }, 'more than 10 million starts'],
    [{ RATE_STAGES: '9@1m,1000000@1h' }, 'more than 10 million starts'],
    [{ RATE: '5', BURSTINESS: '0.09' }, 'a number from 0.1, or inf'],
    [{ USERS: '4', PARALLEL: '2' }, 'leave --parallel out'],
    [{ USERS: '4', RATE: '2', PARALLEL: '2' }, 'and users says how many there are'],
    [{ USERS: '4', ARRIVAL: 'constant' }, 'leave --arrival out'],
    [{ USERS: '4', SCHEDULE: 't.csv' }, 'which go with a number for rate'],
    [{ RAMP_UP_STRATEGY: 'linear', RATE_START: '1', RATE_END: '2', DURATION: '9' }, 'which ramp-up-strategy needs'],
    [{ RATE: '2', SPEED: '2' }, 'and there is no schedule'],
    [{ RATE: '2', RATE_START: '1' }, 'there is no ramp-up-strategy'],
    [{ RAMP_UP_STRATEGY: 'linear', RATE_START: '1' }, 'which ramp-up-strategy needs'],
    [{ RATE_STAGES: '2@1m', DURATION: '1m' }, 'rate-stages have their own length'],
    [{ RATE: 'inf', DURATION: '1m' }, 'and rate inf starts all at once'],
    [{ RATE: '2', ARRIVAL: 'poisson', BURSTINESS: '2' }, 'arrival poisson has none'],
    [{ RATE: '2', PARALLEL: '2', MAX_IN_FLIGHT: '2' }, 'max-in-flight is the cap already'],
  ])('refuse %o', (settings, text) => {
    expect(refused(settings)).toContain(text);
  });
});

it('takes ten million starts, and any number of times of a file', () => {
  expect(configOf({ RATE: '5', NUMBER: '10000000' }).number).toBe(1e7);
  expect(configOf({ SCHEDULE: 't.csv', NUMBER: '20000000' }).number).toBe(2e7);
  expect(configOf({ NUMBER: '20000000' }).number).toBe(2e7);
  // 1,000 in the first second, and 36,000 in ten hours: it is the area that counts, not the highest rate.
  expect(configOf({ RATE_STAGES: '1000@1s,1@0s,1@10h' }).rateStages).toHaveLength(3);
});

describe('stages of concurrency', () => {
  it('say the length and the highest concurrency of a run', () => {
    const { stages, parallel, durationS, number } = configOf({ STAGES: '1@30s, 8@1m 32@0s' });
    expect(stages?.map(({ target }) => target)).toEqual([1, 8, 32]);
    expect([parallel, durationS, number]).toEqual([32, 90, null]);
  });

  it('are refused beside what says the same, each of it by name', () => {
    const others = { PARALLEL: '3', NUMBER: '5', DURATION: '5s', RAMP_UP: '1s', RATE: '2' };
    const problems = refused({ STAGES: '1@30s', ...others });
    for (const name of ['PARALLEL', 'NUMBER', 'DURATION', 'RAMP_UP', 'RATE']) expect(problems).toContain(`${name} (`);
    expect(refused({ STAGES: '0@30s,0@1m' })).toContain('all of its targets are 0');
    expect(refused({ STAGES: '5@0s' })).toContain('less than 1 s in all');
    for (const wrong of ['1', '1.5@3s', '-1@3s', '']) {
      if (wrong !== '') expect(refused({ STAGES: wrong })).toContain('STAGES');
    }
  });
});

describe('warm-up by time', () => {
  it('is shorter than the load, and alone', () => {
    expect(refused({ WARMUP_DURATION: '5s', WARMUP_NUM: '3' })).toContain('leave --warmup-duration out');
    for (const load of [{ DURATION: '5s' }, { STAGES: '2@5s' }, { RATE_STAGES: '2@5s' }]) {
      expect(refused({ WARMUP_DURATION: '5s', ...load })).toContain('not shorter than the load, 5 s');
    }
    expect(configOf({ WARMUP_DURATION: '500ms', RATE: '3', DURATION: '5s' }).warmupDurationS).toBe(0.5);
  });
});

describe('users who leave', () => {
  it('need both a share and a time, and are faster than the limit of a request', () => {
    expect(refused({ CANCEL_RATE: '0.1' })).toContain('nothing: which cancel-rate needs');
    expect(refused({ CANCEL_AFTER: '2s' })).toContain('nothing: which cancel-after needs');
    expect(refused({ CANCEL_RATE: '0.1', CANCEL_AFTER: '9s', TOTAL_TIMEOUT: '9s' })).toContain('not shorter than');
    expect(refused({ CANCEL_RATE: '0.1', CANCEL_AFTER: '10m' })).toContain('not shorter than total-timeout 600 s');
    for (const wrong of ['0s', '-1', 'soon']) {
      expect(refused({ CANCEL_RATE: '0.1', CANCEL_AFTER: wrong })).toContain('or first-token');
    }
    expect(configOf({ CANCEL_RATE: '0.1', CANCEL_AFTER: 'first_token' }).cancelAfter).toBe('first-token');
  });
});
