import { afterEach, expect, it, vi } from 'vitest';

vi.mock('k6', () => ({ sleep: () => undefined }));

const { findEpoch, toRunClock } = await import('./k6-wait.ts');

const EPOCH = 1_800_000_000_000.25;

/** Both clocks of a machine that is elsewhere for 6 ms between two looks at them, at the looks named. */
function createClocks(pausesAt: readonly number[] = []) {
  let [ms, looks] = [100.5, 0];
  const look = (): number => {
    looks += 1;
    ms += pausesAt.includes(looks) ? 6 : 0.01;
    return ms;
  };
  vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(EPOCH + look()));
  return {
    get currentTestRunDuration(): number {
      return look();
    },
  };
}

afterEach(() => vi.restoreAllMocks());

it('finds when the clock of a run was at 0, to a hundredth of a millisecond', () => {
  expect(Math.abs(findEpoch(createClocks()) - EPOCH)).toBeLessThan(0.02);
});

it('finds it where the machine was elsewhere between the looks', () => {
  // The wall clock shows the next millisecond at the 27th look.
  for (const at of [26, 27, 28, 29]) {
    const found = findEpoch(createClocks([at]));
    expect([at, Math.abs(found - EPOCH) < 0.02]).toEqual([at, true]);
    vi.restoreAllMocks();
  }
});

it('takes the epoch of setup for all VUs, also where one was held up between its two looks', () => {
  for (const pauses of [[], [1], [2], [3], [1, 2, 3]]) {
    expect([pauses, toRunClock(EPOCH + 500, EPOCH, createClocks(pauses))]).toEqual([pauses, 500]);
    vi.restoreAllMocks();
  }
});

it('makes one of its own where that of setup is of another clock', () => {
  for (const epoch of [EPOCH - 50, EPOCH + 50, undefined, 'x']) {
    const at = toRunClock(EPOCH + 500, epoch, createClocks());
    expect([epoch, Math.abs(at - 500) < 1.1]).toEqual([epoch, true]);
    vi.restoreAllMocks();
  }
});
