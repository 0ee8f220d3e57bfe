import type { Milliseconds } from '../shared/units.ts';
import type { Scope } from './scope.ts';

/** The longest delay a Node timer takes; longer ones fire at once. About 24.8 days. */
export const LONGEST_TIMER = 2_147_483_647;

/** The engine's clock: milliseconds since the process began, monotonic, with nanosecond steps. */
export function now(): Milliseconds {
  return performance.now();
}

/** Ends `scope` after `delay`; the timer goes with the scope. */
export function endAfter(scope: Scope, delay: Milliseconds): void {
  if (scope.done) return;
  const timer = setTimeout(() => scope.end(), Math.min(Math.max(delay, 0), LONGEST_TIMER));
  scope.onDone(() => clearTimeout(timer));
}

/**
 * Calls back when the clock reaches `target`, never noticeably before.
 *
 * Node rounds delays to whole milliseconds of a clock that it reads once per loop turn, so a timer can fire early;
 * what is then left (below one millisecond) passes in turns of the event loop.
 * @returns cancels
 */
export function callAt(target: Milliseconds, callback: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let immediate: NodeJS.Immediate | null = null;
  const check = (): void => {
    const left = target - now();
    if (left <= 0.02) callback();
    else if (left > 1) timer = setTimeout(check, Math.min(Math.ceil(left), LONGEST_TIMER));
    else immediate = setImmediate(check);
  };
  timer = setTimeout(check, Math.min(Math.ceil(Math.max(target - now(), 0)), LONGEST_TIMER));
  return () => {
    if (timer) clearTimeout(timer);
    if (immediate) clearImmediate(immediate);
  };
}

/** Waits until the clock reaches `target`: true then, false when `scope` ends first. */
export function sleepUntil(target: Milliseconds, scope: Scope): Promise<boolean> {
  if (scope.done) return Promise.resolve(false);
  if (target <= now()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const cancel = callAt(target, () => {
      forget();
      resolve(true);
    });
    const forget = scope.onDone(() => {
      cancel();
      resolve(false);
    });
  });
}

let lastTurn = 0;

/**
 * Lets the event loop turn when none has for a millisecond. Iterations that never wait for anything would
 * otherwise keep every timer and every socket of the process from being served.
 */
export function yieldToEventLoop(): Promise<void> | null {
  const time = now();
  if (time - lastTurn < 1) return null;
  return new Promise((resolve) => {
    setImmediate(() => {
      lastTurn = now();
      resolve();
    });
  });
}
