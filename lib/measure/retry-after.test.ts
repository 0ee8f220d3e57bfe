import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const ENDED = Date.parse('2026-11-26T12:00:00.500Z');

describe('parseRetryAfter', () => {
  it.each([
    ['2', 2],
    [' 0 ', 0],
    ['Thu, 26 Nov 2026 12:00:03 GMT', 2.5],
    ['Thu, 26 Nov 2026 11:00:00 GMT', 0],
    ['Thursday, 26-Nov-26 12:00:03 GMT', 2.5],
  ])('%s: %d s', (value, seconds) => {
    expect(parseRetryAfter(value, ENDED)).toBe(seconds);
  });

  it.each([null, '', '-1', '1.5', 'soon', 'Xxx, never', '99999999999999999999', '2 s', 'Infinity'])(
    '%j: none',
    (value) => {
      expect(parseRetryAfter(value, ENDED)).toBeNull();
    },
  );

  it('needs no clock for seconds, and one for a date', () => {
    expect(parseRetryAfter('2', Number.NaN)).toBe(2);
    expect(parseRetryAfter('Thu, 26 Nov 2026 12:00:03 GMT', Number.NaN)).toBeNull();
  });
});
