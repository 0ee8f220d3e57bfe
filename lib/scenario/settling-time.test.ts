import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { planLoad } from './plan-load.ts';
import { settlingTime } from './settling-time.ts';

function settlingOf(settings: Readonly<Record<string, string>>, isNodeEngine = false): number {
  const config = configOf(settings);
  return settlingTime(config, planLoad(config, 100, null), isNodeEngine);
}

describe('settlingTime', () => {
  it('of an open loop is 3 ms for each of its places, in both engines alike', () => {
    const open = { RATE: '100', NUMBER: '2000', MAX_IN_FLIGHT: '300' };
    expect([settlingOf(open), settlingOf(open, true)]).toEqual([900, 900]);
    // Without a cap room for the busiest half minute, at most 1,000.
    expect(settlingOf({ RATE: '100', NUMBER: '2000' })).toBe(3000);
    expect(settlingOf({ RATE: '1000', NUMBER: '9000', MAX_IN_FLIGHT: '8000' })).toBe(10_000);
  });

  it('of an open loop counts no place that no request needs', () => {
    expect(settlingOf({ RATE: '100', NUMBER: '20', MAX_IN_FLIGHT: '300' })).toBe(60);
  });

  it('of a closed loop is 3 ms a VU, at most half a second, and none in the Node engine', () => {
    expect(settlingOf({ PARALLEL: '64', NUMBER: '500' })).toBe(192);
    expect(settlingOf({ PARALLEL: '64', NUMBER: '10' })).toBe(30);
    expect(settlingOf({ PARALLEL: '1000', DURATION: '1m' })).toBe(500);
    expect(settlingOf({ PARALLEL: '64', NUMBER: '500' }, true)).toBe(0);
  });
});
