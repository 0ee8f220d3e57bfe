import { describe, expect, it } from 'vitest';
import { computeTimerWaits } from './timer-waits.ts';

const span = { fromMs: 1000, toMs: 2000 };

describe('computeTimerWaits', () => {
  it('finds none where every timer was in time, and nothing in no time', () => {
    expect(computeTimerWaits([], span)).toEqual({ mean_ms: 0, p50_ms: 0, p99_ms: 0 });
    expect(computeTimerWaits([], { fromMs: 5, toMs: 5 })).toBeNull();
  });

  it('weighs a delay by how much of the time it takes', () => {
    // 100 of 1000 ms late: a moment falls there once in ten, and then waits 50 ms on average. One in a hundred of all
    // moments is 10 ms, those that wait more than 90.
    const waits = computeTimerWaits([{ atMs: 1500, lateMs: 100 }], span);
    expect(waits?.mean_ms).toBeCloseTo(5, 9);
    expect(waits?.p99_ms).toBeCloseTo(90, 6);
    expect(waits?.p50_ms).toBe(0);
  });

  it('has a median where the process is late most of the time', () => {
    // Twenty delays of 45 ms are 900 of 1000 ms. Half of all moments wait more than 45 - 25 = 20 ms.
    const late = Array.from({ length: 20 }, (_, i) => ({ atMs: 1050 + i * 50 - 1, lateMs: 45 }));
    expect(computeTimerWaits(late, span)?.p50_ms).toBeCloseTo(20, 6);
  });

  it('leaves out what was late before and after', () => {
    const waits = computeTimerWaits(
      [
        { atMs: 900, lateMs: 100 },
        { atMs: 2100, lateMs: 100 },
      ],
      span,
    );
    expect(waits?.mean_ms).toBe(0);
  });
});
