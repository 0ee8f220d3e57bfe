import { performance } from 'node:perf_hooks';
import type { Milliseconds } from '../shared/units.ts';

/** The one monotonic clock of the mock: every `*_ms` time it reports is on it, milliseconds as a float. */
export function now(): Milliseconds {
  return performance.now();
}

/** The wall-clock time of a stamp of {@link now}, milliseconds since 1970 as a float. */
export function wallClock(stamp: Milliseconds): Milliseconds {
  return performance.timeOrigin + stamp;
}
