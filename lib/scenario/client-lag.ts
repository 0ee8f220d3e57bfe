import type { Milliseconds } from '../shared/units.ts';
import type { Clock } from '../stream/received-answer.ts';

/** At most one probe a second per VU: enough to see a client that falls behind, too few to be part of the load. */
const PROBE_EVERY_MS = 1000;
const TIMER_MS = 1;
/** A timer that is later says that work of other VUs waits for the CPU. */
const CALM_MS = 0.15;
/** After so long the next request starts, however late timers are. */
const LONGEST_WAIT_MS = 100;

/**
 * Creates a probe of the client's own lag: how much later than asked a timer fires, which is how long anything waits for
 * this client's CPU, the timestamps of chunks among it.
 *
 * It runs between requests, since k6's event loop is blocked while a stream is open.
 * @returns a function that gives the lag of one timer in milliseconds, or null when it is not yet time for another probe.
 * `waits`: for more timers while they are late, so that where many answers end together the next request does not meet the
 * work at their ends on its way, which would make its TTFT longer
 */
export function createLagProbe(clock: Clock): (waits: boolean) => Promise<Milliseconds> | null {
  let next = 0;
  const timeOnce = (): Promise<Milliseconds> => {
    const started = clock.currentTestRunDuration;
    return new Promise((resolve) => {
      setTimeout(() => resolve(Math.max(0, clock.currentTestRunDuration - started - TIMER_MS)), TIMER_MS);
    });
  };
  const waitForCalm = async (until: Milliseconds): Promise<Milliseconds> => {
    const lag = await timeOnce();
    for (let last = lag; last > CALM_MS && clock.currentTestRunDuration < until; ) last = await timeOnce();
    return lag;
  };
  return (waits) => {
    const started = clock.currentTestRunDuration;
    if (started < next) return null;
    next = started + PROBE_EVERY_MS;
    return waits ? waitForCalm(started + LONGEST_WAIT_MS) : timeOnce();
  };
}
