import { describe, expect, it } from 'vitest';
import { parseTimes } from './parse-times.ts';

describe('parseTimes', () => {
  it('reads seconds from the first one on, as fast as asked', () => {
    expect(parseTimes('10\n12\n15\n', 1)).toEqual({ times: [0, 2, 5], wrong: [], wasUnsorted: false });
    expect(parseTimes('10\n14', 2).times).toEqual([0, 2]);
  });

  it('reads the first column after a heading, quoted or not', () => {
    expect(parseTimes('timestamp,tokens\r\n"1.5",3\r\n2.5,4\r\n', 1).times).toEqual([0, 1]);
  });

  it('reads ISO 8601, without a zone in UTC', () => {
    const text = '2026-11-26T10:00:00Z\n2026-11-26 10:00:05.250\n2026-11-26T18:00:06+08:00';
    expect(parseTimes(text, 1).times).toEqual([0, 5.25, 6]);
  });

  it('sorts, and says so', () => {
    expect(parseTimes('3\n1\n2', 1)).toMatchObject({ times: [0, 1, 2], wasUnsorted: true });
  });

  it('takes negative, equal and fractional seconds, zones of all kinds, and passes over empty lines', () => {
    expect(parseTimes('\n-2\n\n-2\n.5\n1e1\n', 1).times).toEqual([0, 0, 2.5, 12]);
    const zones = '2026-11-26T10:00:00+0530\n2026-11-26T04:30:01Z\n2026-11-25T23:30:02-05:00\n';
    expect(parseTimes(zones, 1).times).toEqual([0, 1, 2]);
  });

  it('loses no first line that begins as a time, and takes no milliseconds for seconds', () => {
    expect(parseTimes('2026-13-40T00:00\n1', 1).wrong).toEqual(['line 1: "2026-13-40T00:00"']);
    expect(parseTimes('1764144000000\n1764144000500', 1).wrong).toHaveLength(2);
    expect(parseTimes('1e400', 1)).toMatchObject({ times: [], wrong: ['line 1: "1e400"'] });
    expect(parseTimes('1764144000\n1764144000.5', 1).times).toEqual([0, 0.5]);
  });

  it('takes no dates among seconds, nor seconds among dates', () => {
    expect(parseTimes('time\n3\n2026-11-26T10:00:00Z\n4', 1)).toMatchObject({
      times: [0, 1],
      wrong: ['line 3: "2026-11-26T10:00:00Z"'],
    });
    expect(parseTimes('2026-11-26T10:00:00Z\n5', 1).wrong).toEqual(['line 2: "5"']);
  });

  it('names every line that is not a time', () => {
    expect(parseTimes('1\nsoon\n2\n2026-13-40T00:00', 1).wrong).toEqual([
      'line 2: "soon"',
      'line 4: "2026-13-40T00:00"',
    ]);
  });
});
