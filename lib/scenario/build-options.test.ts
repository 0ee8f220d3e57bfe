import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { buildOptions, plannedRequests, warmupRequests } from './build-options.ts';

function scenarioOf(settings: Readonly<Record<string, string>>, promptCount = 100): unknown {
  return buildOptions(configOf(settings), promptCount, {}).scenarios?.['openqa'];
}

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

describe('buildOptions', () => {
  it("leaves k6's tag of the error out where the record has it masked, and in for k6 Cloud, which insists on it", () => {
    const tagsOf = (RECORDS: string) => buildOptions(configOf({ RECORDS }), 1, {}).systemTags;
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

  it('gives setup the time that the connection test may take, waiting included', () => {
    const seconds = (settings: Record<string, string>): number =>
      Number.parseFloat(String(buildOptions(configOf(settings), 100, {}).setupTimeout));
    const limits = { CONNECT_TIMEOUT: '7', READ_TIMEOUT: '300', TOTAL_TIMEOUT: '400' };
    expect(seconds(limits)).toBeGreaterThan(7 + 300 + 400);
    expect(seconds({ ...limits, WAIT_FOR_MODEL: '5m' }) - seconds(limits)).toBe(300);
    expect(seconds({ ...limits, NO_TEST_CONNECTION: 'true' })).toBe(10);
  });
});
