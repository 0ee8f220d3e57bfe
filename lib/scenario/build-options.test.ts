import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { buildOptions } from './build-options.ts';
import { planLoad, plannedRequests } from './plan-load.ts';

function optionsOf(settings: Readonly<Record<string, string>>, promptCount = 100): ReturnType<typeof buildOptions> {
  const config = configOf(settings);
  return buildOptions(config, planLoad(config, promptCount, null), {});
}

function scenarioOf(settings: Readonly<Record<string, string>>, promptCount = 100): unknown {
  return optionsOf(settings, promptCount).scenarios?.['openqa'];
}

describe('buildOptions', () => {
  it("leaves k6's tag of the error out where the record has it masked, and in for k6 Cloud, which insists on it", () => {
    const tagsOf = (RECORDS: string) => optionsOf({ RECORDS }).systemTags;
    expect(tagsOf('on')).not.toContain('error');
    expect(tagsOf('off')).toContain('error');
    for (const RECORDS of ['on', 'off']) expect(tagsOf(RECORDS)).not.toContain('url');
  });

  it('adds the warm-up to the iterations, and not to the requests that a run is to send', () => {
    const settings = { NUMBER: '10', PARALLEL: '4', WARMUP_NUM: '0.5' };
    expect(scenarioOf(settings)).toMatchObject({ executor: 'shared-iterations', vus: 4, iterations: 15 });
    expect(plannedRequests(configOf(settings), 100)).toBe(10);
  });

  it('takes a share of one pass over the dataset where no number is given', () => {
    expect(scenarioOf({ WARMUP_NUM: '0.1' }, 40)).toMatchObject({ iterations: 44 });
  });

  it('leaves the time that a ramp-up takes', () => {
    // The last of two begins after an hour.
    const slow = { NUMBER: '2', PARALLEL: '2', TOTAL_TIMEOUT: '10', RAMP_UP: '2h' };
    expect(scenarioOf(slow)).toMatchObject({ maxDuration: '3h' });
  });

  it('has no more VUs than iterations', () => {
    expect(scenarioOf({ NUMBER: '2', PARALLEL: '8', WARMUP_NUM: '1' })).toMatchObject({ vus: 3, iterations: 3 });
  });

  it('leaves a run bound by time as it is, warm-up included', () => {
    expect(scenarioOf({ DURATION: '30', PARALLEL: '4', WARMUP_NUM: '5' })).toMatchObject({
      executor: 'constant-vus',
      vus: 4,
      duration: '30s',
    });
  });

  it('shares the starts of an open loop out over its cap, or over room for the busiest half minute', () => {
    const even = { RATE: '2', ARRIVAL: 'constant', NUMBER: '200' };
    expect(scenarioOf(even)).toMatchObject({ executor: 'shared-iterations', vus: 60, iterations: 200 });
    expect(scenarioOf({ ...even, MAX_IN_FLIGHT: '7' })).toMatchObject({ vus: 7, iterations: 200 });
    expect(scenarioOf({ ...even, RATE: '0.1' })).toMatchObject({ vus: 10 });
    expect(scenarioOf({ RATE: 'inf', NUMBER: '2000' })).toMatchObject({ vus: 1000 });
    // 2/s for 5 s, a gap after the start at 0.5 s, none at its end; what was due is sent, however long it takes.
    expect(scenarioOf({ RATE: '2', ARRIVAL: 'constant', DURATION: '5' })).toMatchObject({
      iterations: 9,
      maxDuration: '1h',
    });
  });

  it('gives setup the time that the connection test may take, waiting included', () => {
    const seconds = (settings: Record<string, string>): number =>
      Number.parseFloat(String(optionsOf(settings).setupTimeout));
    const limits = { CONNECT_TIMEOUT: '7', READ_TIMEOUT: '300', TOTAL_TIMEOUT: '400' };
    expect(seconds(limits)).toBeGreaterThan(7 + 300 + 400);
    expect(seconds({ ...limits, WAIT_FOR_MODEL: '5m' }) - seconds(limits)).toBe(300);
    expect(seconds({ ...limits, NO_TEST_CONNECTION: 'true' })).toBe(10);
  });
});
