import type { RunConfig } from '../../config/parameters.ts';
import { longestConnectionTestS } from '../../scenario/connection-test.ts';
import type { Milliseconds } from '../../shared/units.ts';

export interface StallLimits {
  /** Until the first request has ended: the connection test comes before it. */
  readonly firstMs: Milliseconds;
  /** From one end of a request to the next. */
  readonly nextMs: Milliseconds;
}

/** What k6 may need beyond a request's limit: to begin the next one, and to sum up a long run. */
const K6_GRACE_S = 30;

/**
 * How long no request may end in a run of k6 that goes on: the limit of one, and all that may come before it.
 *
 * @param longestWaitMs the longest time in which no request of the plan is under way, but for `ramp-up` and `start-at`
 * @param nowMs of the wall clock, when the engine is started
 */
export function planStallLimits(config: RunConfig, longestWaitMs: Milliseconds, nowMs: Milliseconds): StallLimits {
  const nextMs = (config.totalTimeoutS + K6_GRACE_S + config.rampUpS) * 1000 + longestWaitMs;
  const untilStartMs = Math.max(0, (config.startAt ?? 0) - nowMs);
  return { firstMs: nextMs + longestConnectionTestS(config) * 1000 + untilStartMs, nextMs };
}

/**
 * Finds a run in which no request ends any more. Every request has a time limit, so in a run that goes on one of them ends
 * within it; a request that was answered with `101 Switching Protocols` has none any more.
 *
 * @returns takes how many requests have ended, now and then, and tells how long none has where that is too long; null
 * otherwise
 */
export function createStallWatch(
  { firstMs, nextMs }: StallLimits,
  now: () => Milliseconds = () => performance.now(),
): (ended: number) => Milliseconds | null {
  let before = 0;
  let lastEnd = now();
  return (ended) => {
    if (ended > before) lastEnd = now();
    before = ended;
    const silence = now() - lastEnd;
    return silence > (ended === 0 ? firstMs : nextMs) ? silence : null;
  };
}
