import { describe, expect, it } from 'vitest';
import { parseSleepInterval, refuseOverSaturation, refuseStartAt } from './sweep-flags.ts';

describe('refuseOverSaturation', () => {
  it('tells that it says nothing, unless it is off', () => {
    expect(refuseOverSaturation({ OVER_SATURATION: 'true' }).map(({ got }) => got)).toEqual([
      'a value without a sweep over rates',
    ]);
    expect(refuseOverSaturation({ OVER_SATURATION: 'maybe' })).toHaveLength(1);
    expect([refuseOverSaturation({}), refuseOverSaturation({ OVER_SATURATION: 'off' })]).toEqual([[], []]);
  });
});

it('refuses one beginning for several runs', () => {
  expect(refuseStartAt({ START_AT: '2030-01-01T00:00:00Z' }).map(({ paste }) => paste)).toEqual([
    'leave --start-at out',
  ]);
  expect([refuseStartAt({}), refuseStartAt({ START_AT: '' })]).toEqual([[], []]);
});

describe('parseSleepInterval', () => {
  it.each([
    [undefined, 5],
    ['', 5],
    ['0', 0],
    ['1.5', 1.5],
    ['2m', 120],
  ])('reads %j as %d seconds', (given, seconds) => {
    expect(parseSleepInterval({ SLEEP_INTERVAL: given })).toEqual({ sleepIntervalS: seconds, problems: [] });
  });

  it('tells what is wrong with anything else', () => {
    expect(parseSleepInterval({ SLEEP_INTERVAL: 'soon' }).problems).toMatchObject([
      { key: 'SLEEP_INTERVAL (--sleep-interval)', got: '"soon"', paste: '--sleep-interval 5' },
    ]);
  });
});
