import type { Vu } from './vu.ts';

type Callback = (...args: readonly unknown[]) => void;

/**
 * `setTimeout` and the like for one VU: an iteration lasts as long as its timers, and an interrupted VU has none left.
 *
 * An exception in a callback is logged.
 */
export function createTimers(vu: Vu, report: (error: unknown) => void) {
  const cancels = new Map<number, () => void>();
  let lastId = 0;
  const call = (callback: Callback, args: readonly unknown[]): void => {
    try {
      callback(...args);
    } catch (error) {
      report(error);
    }
  };
  const set = (begin: (done: () => void) => () => void): number => {
    const id = ++lastId;
    void vu.wait<void>((resolve) => {
      const stop = begin(() => {
        cancels.delete(id);
        resolve();
      });
      cancels.set(id, () => {
        stop();
        cancels.delete(id);
        resolve();
      });
      return stop;
    });
    return id;
  };
  const clear = (id: number): void => cancels.get(id)?.();
  return {
    setTimeout: (callback: Callback, delay = 0, ...args: readonly unknown[]): number =>
      set((done) => {
        const timer = setTimeout(() => {
          call(callback, args);
          done();
        }, delay);
        return () => clearTimeout(timer);
      }),
    setInterval: (callback: Callback, delay = 0, ...args: readonly unknown[]): number =>
      set(() => {
        const timer = setInterval(() => call(callback, args), delay);
        return () => clearInterval(timer);
      }),
    clearTimeout: clear,
    clearInterval: clear,
  };
}
