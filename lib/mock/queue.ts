import { now } from './clock.ts';
import type { Timing } from './timings-log.ts';

/** Lets a number of requests be worked on at once; the others wait their turn, in the order in which they came. */
export interface Queue {
  enter(timing: Timing, work: () => void): void;
  /** A request is over, or its client went away while it waited. */
  leave(timing: Timing): void;
  readonly waiting: number;
}

/** @param places null: no one waits */
export function createQueue(places: number | null): Queue {
  const running = new Set<Timing>();
  const waiting = new Map<Timing, () => void>();
  const start = (timing: Timing, work: () => void): void => {
    running.add(timing);
    work();
  };
  return {
    enter(timing, work) {
      if (places === null || running.size < places) start(timing, work);
      else waiting.set(timing, work);
    },
    leave(timing) {
      waiting.delete(timing);
      if (!running.delete(timing)) return;
      const [next] = waiting;
      if (next === undefined) return;
      waiting.delete(next[0]);
      next[0].begin_ms = now();
      start(...next);
    },
    get waiting() {
      return waiting.size;
    },
  };
}
