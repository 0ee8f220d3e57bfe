import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupOf, LOG_BIN_COUNT, logBinOf, logBinQuantile, logBinStart } from './log-bins.ts';

describe('log bins', () => {
  it('hold every value between their start and the start of the next one, give or take rounding', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 9e6, noNaN: true }), (value) => {
        const bin = logBinOf(value);
        expect(logBinStart(bin)).toBeLessThanOrEqual(value * (1 + 1e-9));
        expect(logBinStart(bin + 1)).toBeGreaterThanOrEqual(value * (1 - 1e-9));
      }),
    );
  });

  it('are 1.2 % wide', () => {
    // 10^(1/192) = 1.01206
    expect(logBinStart(501) / logBinStart(500)).toBeCloseTo(1.01206, 5);
  });

  it('keep what lies outside in the first and the last one', () => {
    expect([0, -1, Number.NaN, 0.0009].map(logBinOf)).toEqual([0, 0, 0, 0]);
    expect([1e8, Number.POSITIVE_INFINITY].map(logBinOf)).toEqual([LOG_BIN_COUNT - 1, LOG_BIN_COUNT - 1]);
  });

  it('are put together in groups that leave the first one alone', () => {
    expect([0, 1, 4, 5, 8, 9].map((bin) => groupOf(bin, 4))).toEqual([0, 1, 1, 2, 2, 3]);
  });
});

describe('logBinQuantile', () => {
  it('is off by at most a bin, in fine bins and in groups', () => {
    for (const [step, error] of [
      [1, 1.0121],
      [4, 1.0492],
    ] as const) {
      const counts = new Array<number>(groupOf(LOG_BIN_COUNT - 1, step) + 1).fill(0);
      for (let value = 1; value <= 1000; value++) counts[groupOf(logBinOf(value), step)]! += 1;
      for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
        const ratio = (logBinQuantile(counts, share, step) as number) / (1000 * share);
        expect(ratio).toBeGreaterThan(1 / error - 0.01);
        expect(ratio).toBeLessThan(error + 0.01);
      }
    }
  });

  it('is null without values', () => {
    expect(logBinQuantile([0, 0, 0], 0.5)).toBeNull();
  });
});
