import { describe, expect, it } from 'vitest';
import { createTimingsLog, recordBody, recordEvents, type TimingsLog } from './timings-log.ts';

function indexesOf(log: TimingsLog): number[] {
  return (JSON.parse([...log.toJson()].join('')) as { index: number }[]).map(({ index }) => index);
}

describe('the log of timings', () => {
  it('forgets the oldest requests when it is full, and says how many', () => {
    // Room for ten requests of about 1000 bytes.
    const log = createTimingsLog(10_000);
    for (let index = 0; index < 12; index++) log.open(index, '/', 0, {});
    const kept = indexesOf(log);
    expect(kept.at(-1)).toBe(11);
    expect(kept.length).toBeLessThanOrEqual(10);
    expect(log.forgotten + kept.length).toBe(12);
  });

  it('counts chunks and bodies', () => {
    const log = createTimingsLog(100_000);
    const long = log.open(0, '/', 0, {});
    recordEvents(long, Array(2000).fill({ due: 0, kind: 'content', tokens: 1, data: '' }), 1, 2);
    recordBody(log.open(1, '/', 0, {}), 'x'.repeat(40_000), 80_000);
    log.open(2, '/', 0, {});
    expect(indexesOf(log)).toEqual([2]);
    expect(log.forgotten).toBe(2);
  });

  it('starts anew after a reset, whatever the requests of before still do', () => {
    const log = createTimingsLog(10_000);
    const before = log.open(0, '/', 0, {});
    log.reset();
    recordEvents(before, Array(1000).fill({ due: 0, kind: 'content', tokens: 1, data: '' }), 1, 2);
    for (let index = 0; index < 9; index++) log.open(index, '/', 0, {});
    expect([indexesOf(log).length, log.forgotten]).toEqual([9, 0]);
  });
});
