import { describe, expect, it } from 'vitest';
import { QUICK_START_SUMMARY } from '../../tests/fixtures/example-summary.ts';
import { planRepeats } from './repeat-flags.ts';
import { computeSpread, isEven } from './spread.ts';

describe('computeSpread', () => {
  it('is that of the runs that have a value', () => {
    // numpy: std([98, 100, 102], ddof=1) is 2; t(0.975, 2) is 4.3027, and 4.3027 * 2 / sqrt(3) is 4.968.
    const spread = computeSpread([98, null, 100, 102]);
    expect(spread).toMatchObject({ runs: 3, mean: 100, sd: 2, cv: 0.02, min: 98, max: 102 });
    // The quantile is 0.1 low at two degrees, so the interval is too.
    expect(spread?.high).toBeCloseTo(104.9, 0);
  });

  it('has no interval below three runs, and nothing without a value', () => {
    expect(computeSpread([5, 7])).toMatchObject({ mean: 6, low: null, high: null });
    expect(computeSpread([5])).toMatchObject({ sd: 0, low: null });
    expect(computeSpread([null])).toBeNull();
  });
});

describe('isEven', () => {
  const at = (ttft_avg_ms: number | null) => ({ ...QUICK_START_SUMMARY, ttft_avg_ms });
  it('wants three runs, and every headline number within the limit', () => {
    expect(isEven([at(100), at(101)], 0.02)).toBe(false);
    expect(isEven([at(100), at(101), at(99)], 0.02)).toBe(true);
    expect(isEven([at(100), at(110), at(90)], 0.02)).toBe(false);
    expect(isEven([at(100), at(101), at(null)], 0.02)).toBe(false);
  });
});

describe('planRepeats', () => {
  it('reads the settings, and tells all that is wrong with them', () => {
    expect(planRepeats({})).toBeNull();
    expect(planRepeats({ RUNS: '5', UNTIL_CV: '0.02', BETWEEN_RUNS: 'restart' })).toEqual({
      ...{ runs: 5, untilCv: 0.02, betweenRuns: 'restart', problems: [] },
    });
    expect(planRepeats({ RUNS: '5', SLA_AUTO_TUNE: 'off' })?.problems).toEqual([]);
    const keys = planRepeats({ RUNS: '1', UNTIL_CV: '-1', FIND: 'max-rate' })?.problems.map(({ key }) => key);
    expect(keys).toEqual(['RUNS (--runs)', 'UNTIL_CV (--until-cv)', 'RUNS (--runs)']);
    expect(planRepeats({ BETWEEN_RUNS: 'x' })?.problems[0]?.key).toBe('BETWEEN_RUNS (--between-runs)');
  });
});
