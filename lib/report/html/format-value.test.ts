import { describe, expect, it } from 'vitest';
import { formatMargin, formatMilliseconds, formatNumber, formatShare } from './format-value.ts';

describe('formatNumber', () => {
  it('keeps about three digits', () => {
    expect([1_234_567, 1234.5, 99.94, 9.999, 0.00421, 0, 15, -2500].map(formatNumber)).toEqual([
      '1,234,567',
      '1,235',
      '99.9',
      '10.0',
      '0.0042',
      '0',
      '15',
      '-2,500',
    ]);
  });

  it('prints a dash where there is no value', () => {
    expect([null, Number.NaN, Number.POSITIVE_INFINITY].map(formatNumber)).toEqual(['–', '–', '–']);
    expect([formatMilliseconds(null), formatShare(null), formatMargin(null)]).toEqual(['–', '–', '–']);
  });
});

describe('formatMilliseconds', () => {
  it('goes over to seconds at ten of them', () => {
    expect([3.089, 10, 9.999, 696, 9999, 10_000, 61_500, 0].map(formatMilliseconds)).toEqual([
      '3.09 ms',
      '10.0 ms',
      '10.0 ms',
      '696 ms',
      '9,999 ms',
      '10.0 s',
      '61.5 s',
      '0 ms',
    ]);
  });
});

describe('formatShare', () => {
  it('never rounds a failure away', () => {
    expect([1, 0.9999, 0.5, 0.00004, 0, 1 - 1e-9].map(formatShare)).toEqual([
      '100 %',
      '99.99 %',
      '50.0 %',
      '0.004 %',
      '0 %',
      '> 99.9999 %',
    ]);
  });
});

describe('formatMargin', () => {
  it('has a sign', () => {
    expect([0.54, -0.083, 1, 0].map(formatMargin)).toEqual(['+54 %', '−8.3 %', '+100 %', '+0.0 %']);
  });

  it('says beyond all of the limit how often it fits into the value', () => {
    // 1,175 ms at a limit of 100 ms; 250 ms; a limit of 2 requests/s that 3,000 pass.
    expect([-10.75, -1.5, 1499].map(formatMargin)).toEqual([
      '12 times the limit',
      '2.5 times the limit',
      '1500 times the limit',
    ]);
  });
});
