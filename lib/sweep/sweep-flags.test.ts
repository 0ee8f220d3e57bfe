import { describe, expect, it } from 'vitest';
import { parseSleepInterval, refuseOverSaturation } from './sweep-flags.ts';

describe('refuseOverSaturation', () => {
  it('tells that it says nothing, unless it is off', () => {
    expect(refuseOverSaturation({ OVER_SATURATION: 'true' }).map(({ got }) => got)).toEqual([
      'a value without a sweep over rates',
    ]);
    expect(refuseOverSaturation({ OVER_SATURATION: 'maybe' })).toHaveLength(1);
    expect([refuseOverSaturation({}), refuseOverSaturation({ OVER_SATURATION: 'off' })]).toEqual([[], []]);
  });
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
