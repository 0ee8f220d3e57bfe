import { expect, it } from 'vitest';
import { parseIso } from './parse-iso.ts';

it('reads dates with a zone and without one, a blank for the T, and a small z, which k6 does not', () => {
  // 8 h after the beginning of 2026 in UTC: 1767225600 s since 1970, by `date -ud 2026-01-01 +%s`.
  const eight = 1_767_225_600_000 + 8 * 3_600_000;
  for (const text of [
    ...['2026-01-01T08:00', '2026-01-01 08:00:00', '2026-01-01T08:00:00.000z', '2026-01-01T16:00:00+0800'],
    '2026-01-01T04:30:00-03:30',
  ]) {
    expect([text, parseIso(text)]).toEqual([text, eight]);
  }
  for (const text of ['2026-01-01', '8', '2026-13-01T08:00', '2026-01-01T08:00+08']) expect(parseIso(text)).toBeNull();
});
