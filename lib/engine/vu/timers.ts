import { now } from '../timing.ts';
import type { Vu } from './vu.ts';

type Callback = (...args: readonly unknown[]) => void;

/**
 * `setTimeout` and the like for one VU: an iteration lasts as long as its timers, and an interrupted VU has none left.
 *
 * A callback runs in a turn of its own; the script's clock then says when the timer fired. An exception in it is logged.
 */
export function createTimers(vu: Vu, report: (error: unknown) => void) {
  const cancels = new Map<number, () => void>();
  let lastId = 0;
  const call = (callback: Callback, args: readonly unknown[], fired: number): void => {
    vu.run.moment = fired;
    try {
      callback(...args);
    } catch (error) {
      report(error);
    } finally {
      vu.run.moment = null;
    }
  };
  const set = (
    begin: typeof setTimeout | typeof setInterval,
    [callback, delay = 0, ...args]: TimerArguments,
  ): number => {
    const id = ++lastId;
    void vu.wait<void>((resolve) => {
      const fire = (): void => {
        const fired = now();
        vu.run.turns.take(() => {
          if (!cancels.has(id)) return;
          call(callback, args, fired);
          if (begin === setTimeout) cancels.get(id)?.();
        });
      };
      const timer = begin(fire, delay);
      const stop = (): void => {
        clearTimeout(timer);
        cancels.delete(id);
      };
      cancels.set(id, () => {
        stop();
        resolve();
      });
      return stop;
    });
    return id;
  };
  const clear = (id: number): void => cancels.get(id)?.();
  return {
    setTimeout: (...args: TimerArguments): number => set(setTimeout, args),
    setInterval: (...args: TimerArguments): number => set(setInterval, args),
    clearTimeout: clear,
    clearInterval: clear,
  };
}

type TimerArguments = readonly [callback: Callback, delay?: number, ...args: readonly unknown[]];
