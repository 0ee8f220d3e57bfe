import { describe, expect, it } from 'vitest';
import { createStallWatch } from './stall-watch.ts';

describe('createStallWatch', () => {
  /** Asks with so many ended requests at such a time; the first request has 60 s, the others 10. */
  const ask = (looks: readonly (readonly [seconds: number, ended: number])[]): (number | null)[] => {
    let time = 0;
    const watch = createStallWatch({ firstMs: 60_000, nextMs: 10_000 }, () => time);
    return looks.map(([seconds, ended]) => {
      time = seconds * 1000;
      return watch(ended);
    });
  };

  it('tells when no request has ended at all', () => {
    expect(
      ask([
        [1, 0],
        [60, 0],
        [61, 0],
      ]),
    ).toEqual([null, null, 61_000]);
  });

  it('counts from the last request that ended', () => {
    expect(
      ask([
        [59, 1],
        [69, 1],
        [70, 1],
      ]),
    ).toEqual([null, null, 11_000]);
    expect(
      ask([
        [59, 1],
        [69, 2],
        [70, 2],
      ]),
    ).toEqual([null, null, null]);
  });
});
