import type { Milliseconds } from '../shared/units.ts';
import type { Clock } from '../stream/received-answer.ts';

/** At most one probe a second per VU: enough to see a client that falls behind, too few to be part of the load. */
const PROBE_EVERY_MS = 1000;
const TIMER_MS = 1;

/**
 * Creates a probe of the client's own lag: how much later than asked a timer fires, which is how long anything waits for
 * this client's CPU, the timestamps of chunks among it.
 *
 * It runs between requests, since k6's event loop stands still while a stream is open.
 * @returns a function that gives milliseconds, or null when it is not yet time for another probe
 */
export function createLagProbe(clock: Clock): () => Promise<Milliseconds> | null {
  let next = 0;
  return () => {
    const started = clock.currentTestRunDuration;
    if (started < next) return null;
    next = started + PROBE_EVERY_MS;
    return new Promise((resolve) => {
      setTimeout(() => resolve(Math.max(0, clock.currentTestRunDuration - started - TIMER_MS)), TIMER_MS);
    });
  };
}
