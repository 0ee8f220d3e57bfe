/**
 * Lets VUs go on one after the other, one in each turn of the event loop.
 *
 * What a script does between two waits (it makes a record of a finished answer, and sends the next request) takes up to a
 * millisecond. Where many VUs could go on at once, 64 whose answers ended together, sockets are read and requests are sent
 * between one VU and the next.
 */
export interface Turns {
  /** Calls back in a turn of its own, after those that asked before. */
  take(callback: () => void): void;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  const runNext = (): void => {
    const callback = waiting.shift() as () => void;
    if (waiting.length > 0) setImmediate(runNext);
    callback();
  };
  return {
    take: (callback) => {
      if (waiting.push(callback) === 1) setImmediate(runNext);
    },
  };
}
