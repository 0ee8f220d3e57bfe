import type { Milliseconds } from '../shared/units.ts';

/** How a warm-up is bounded. */
export interface WarmUp {
  /** The first so many requests of the whole test are of it. */
  readonly requests: number;
  /** What begins within it after the load began is of it; 0 for none. */
  readonly durationMs: Milliseconds;
}

/**
 * Whether a request is of the warm-up, so in no number of the run.
 *
 * @param sinceBeginMs when it starts; below 0 where two clocks differ, so a first request may begin a fraction of a
 * millisecond before its load
 */
export function isOfWarmUp({ requests, durationMs }: WarmUp, index: number, sinceBeginMs: Milliseconds): boolean {
  return index < requests || (durationMs > 0 && sinceBeginMs < durationMs);
}
