import type { Milliseconds } from '../../shared/units.ts';

export interface StallLimits {
  /** Until the first request has ended: the connection test comes before it. */
  readonly firstMs: Milliseconds;
  /** From one end of a request to the next. */
  readonly nextMs: Milliseconds;
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
