import type { Milliseconds } from '../shared/units.ts';
import type { MockOptions } from './knobs.ts';

/** A whole server that pauses, as in a long garbage collection, and then goes on where it was. */
export interface Pause {
  /** A request has come; the first one sets the time. */
  see(arrival: Milliseconds): void;
  /** When a moment of an answer comes that is planned for `planned`: what falls behind the beginning of the pause is put off. */
  putOff(arrival: Milliseconds, planned: Milliseconds): Milliseconds;
  /** The next request is the first. */
  reset(): void;
}

export function createPause({ pauseAtMs, pauseMs }: Pick<MockOptions, 'pauseAtMs' | 'pauseMs'>): Pause {
  let from: Milliseconds | null = null;
  return {
    see(arrival) {
      if (pauseAtMs !== null) from ??= arrival + pauseAtMs;
    },
    putOff(arrival, planned) {
      if (from === null || planned < from) return planned;
      // A request that comes during a pause waits only for the rest of it.
      return planned + Math.max(0, from + pauseMs - Math.max(from, arrival));
    },
    reset() {
      from = null;
    },
  };
}
