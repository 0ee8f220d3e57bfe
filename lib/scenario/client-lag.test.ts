import { afterEach, expect, it, vi } from 'vitest';
import { createLagProbe } from './client-lag.ts';

afterEach(() => vi.unstubAllGlobals());

/** A clock whose timers fire so many milliseconds late, one after the other; the last of them again and again. */
function lateTimers(...lateMs: number[]): { currentTestRunDuration: number } {
  const clock = { currentTestRunDuration: 0 };
  let fired = 0;
  vi.stubGlobal('setTimeout', (resolve: () => void, ms: number) => {
    clock.currentTestRunDuration += ms + (lateMs[fired++] ?? (lateMs.at(-1) as number));
    resolve();
  });
  return clock;
}

it('gives how late one timer is, and goes on although it is late', async () => {
  const clock = lateTimers(20, 0);
  expect(await createLagProbe(clock)(false)).toBe(20);
  expect(clock.currentTestRunDuration).toBe(21);
});

it('waits for a timer that is not late, and gives the lag of the first', async () => {
  const clock = lateTimers(8, 5, 0);
  expect(await createLagProbe(clock)(true)).toBe(8);
  // 1 + 8, 1 + 5, 1.
  expect(clock.currentTestRunDuration).toBe(16);
});

it('waits no longer than 100 ms, and the last timer', async () => {
  const clock = lateTimers(9);
  expect(await createLagProbe(clock)(true)).toBe(9);
  expect(clock.currentTestRunDuration).toBe(100);
});

it('looks once a second', async () => {
  const clock = lateTimers(0);
  const probe = createLagProbe(clock);
  expect(await probe(true)).toBe(0);
  expect(probe(true)).toBeNull();
  clock.currentTestRunDuration = 1000;
  expect(await probe(true)).toBe(0);
});
