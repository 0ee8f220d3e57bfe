import { describe, expect, it } from 'vitest';
import { parseTimes } from './parse-times.ts';

describe('parseTimes', () => {
  it('reads seconds from the first one on, as fast as asked', () => {
    expect(parseTimes('10\n12\n15\n', 1)).toEqual({ times: [0, 2, 5], wrong: [], wasUnsorted: false });
    expect(parseTimes('10\n14', 2).times).toEqual([0, 2]);
  });

  it('reads the first column behind a heading, quoted or not', () => {
    expect(parseTimes('timestamp,tokens\r\n"1.5",3\r\n2.5,4\r\n', 1).times).toEqual([0, 1]);
  });

  it('reads ISO 8601, without a zone in UTC', () => {
    const text = '2026-11-26T10:00:00Z\n2026-11-26 10:00:05.250\n2026-11-26T18:00:06+08:00';
    expect(parseTimes(text, 1).times).toEqual([0, 5.25, 6]);
  });

  it('sorts, and says so', () => {
    expect(parseTimes('3\n1\n2', 1)).toMatchObject({ times: [0, 1, 2], wasUnsorted: true });
  });

  it('names every line that is no time', () => {
    expect(parseTimes('1\nsoon\n2\n2026-13-40T00:00', 1).wrong).toEqual([
      'line 2: "soon"',
      'line 4: "2026-13-40T00:00"',
    ]);
  });
});
