import { describe, expect, it } from 'vitest';
import { parseSeconds } from './duration-type.ts';

describe('parseSeconds', () => {
  it.each([
    ['30', 30],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['30s', 30],
    ['5m', 300],
    ['1h30m', 5400],
    ['1d1h', 90_000],
    ['1500ms', 1.5],
    ['1m0.5s', 60.5],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseSeconds(text)).toBeCloseTo(seconds, 9);
  });

  it.each(['', 's', '5 m', '-5s', '5x', '5s!', '1e3', 'NaN', '5m30'])('does not read %j', (text) => {
    expect(parseSeconds(text)).toBeNull();
  });
});
