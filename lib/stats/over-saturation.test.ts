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

  it('wants both to rise: a queue whose TTFT is even, or unknown, is none', () => {
    expect(isOverSaturated(serve(12, 60, () => 20))).toBe(false);
    expect(isOverSaturated(serve(12, 60, () => null))).toBe(false);
  });
});
