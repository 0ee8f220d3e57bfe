import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, parseGoDuration } from './duration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['1s', 1000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250us', 0.25],
    ['3µs', 0.003],
    ['-2s', -2000],
    ['0', 0],
  ])('reads %s', (text, expected) => {
    expect(parseGoDuration(text)).toBeCloseTo(expected, 9);
  });

  it.each([
    ['500', 'time: missing unit in duration "500"'],
    ['5x', 'time: invalid duration "5x"'],
    ['', 'time: invalid duration ""'],
    ['s', 'time: invalid duration "s"'],
  ])('refuses %j with the text of Go', (text, message) => {
    expect(() => parseGoDuration(text)).toThrow(message);
  });
});

describe('parseDuration', () => {
  it('takes numbers and numeric text as milliseconds, and days', () => {
    expect(parseDuration(1500)).toBe(1500);
    expect(parseDuration('1500')).toBe(1500);
    expect(parseDuration('1d2h')).toBe(93_600_000);
    expect(parseDuration('2d')).toBe(172_800_000);
  });

  it('refuses what is not a duration', () => {
    expect(() => parseDuration({})).toThrow("'{}' is not a valid duration value");
  });
});

describe('formatDuration', () => {
  // Go's time.Duration.String.
  it.each([
    [0, '0s'],
    [10, '10ms'],
    [1500, '1.5s'],
    [600_000, '10m0s'],
    [5_400_000, '1h30m0s'],
  ])('writes %d ms as %s', (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected);
  });
});
