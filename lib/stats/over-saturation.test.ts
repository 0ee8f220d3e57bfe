import { describe, expect, it } from 'vitest';
import { isOverSaturated } from './over-saturation.ts';

/** One server that takes 100 ms a request, with even arrivals; times are shifted, since a run's clock holds its setup. */
function serve(perSecond: number, seconds: number, ttft: (waitMs: number) => number | null = (wait) => wait + 20) {
  const due = Array.from({ length: perSecond * seconds }, (_, i) => 5000 + (1000 * i) / perSecond);
  let free = 0;
  const ended = due.map((at) => {
    const start = Math.max(at, free);
    // Every third is slower, so that there is some noise.
    free = start + (Math.round(at) % 3 === 0 ? 110 : 95);
    return { endMs: free, ttftMs: ttft(start - at) };
  });
  const nowMs = 5000 + 1000 * seconds;
  return { due, perS: perSecond, ended: ended.filter(({ endMs }) => endMs <= nowMs), nowMs };
}

describe('isOverSaturated', () => {
  it('sees a service of 10/s fall behind at 12/s, and keep up at 9/s', () => {
    expect(isOverSaturated(serve(12, 60))).toBe(true);
    expect(isOverSaturated(serve(9, 60))).toBe(false);
  });

  it('says nothing in the first 40 s, or of a handful of requests', () => {
    expect(isOverSaturated(serve(20, 39))).toBe(false);
    expect(isOverSaturated(serve(20, 41))).toBe(true);
    expect(isOverSaturated({ ...serve(12, 60), ended: serve(12, 60).ended.slice(0, 29) })).toBe(false);
    expect(isOverSaturated({ due: [], perS: 12, ended: [], nowMs: 60_000 })).toBe(false);
  });

  it('takes no crowd after a lull for an overload, where the mean rate is known, and sees one in bursts', () => {
    // Groups of 5 at once, as in strong bursts; a service of 10/s.
    const grouped = (rateAt: (second: number) => number, perS: number) => {
      const due: number[] = [];
      for (let second = 0; second < 60; second++) {
        const from = 5000 + 1000 * second;
        for (let group = 0; group < rateAt(second) / 5; group++)
          due.push(...new Array<number>(5).fill(from + 250 * group));
      }
      let free = 0;
      const ended = due.map((at, i) => {
        const start = Math.max(at, free);
        free = start + (i % 3 === 0 ? 110 : 95);
        return { endMs: free, ttftMs: start - at + 20 };
      });
      return { due, perS, ended: ended.filter(({ endMs }) => endMs <= 65_000), nowMs: 65_000 };
    };
    // 5/s for half a minute, and then 15/s, make 9.5/s about: it is idle, and then at work.
    expect(isOverSaturated(grouped((second) => (second < 35 ? 5 : 15), 9.2))).toBe(false);
    expect(isOverSaturated(grouped((second) => (second % 4 === 0 ? 20 : 10), 12.5))).toBe(true);
  });

  it('wants both to rise: a queue whose TTFT is even, or unknown, is none', () => {
    expect(isOverSaturated(serve(12, 60, () => 20))).toBe(false);
    expect(isOverSaturated(serve(12, 60, () => null))).toBe(false);
  });
});
