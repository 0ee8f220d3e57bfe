import type { Milliseconds } from '../shared/units.ts';

/**
 * How long a run took: the last end of a request minus the first start, failed requests included.
 *
 * Source: the quick start's "last request's end minus first request's start". What happens around the requests (setup,
 * the wait for a first arrival) is not part of it.
 * @returns milliseconds; null when no request was finished
 */
export function computeTimeTaken(firstStart: Milliseconds | null, lastEnd: Milliseconds | null): Milliseconds | null {
  return firstStart === null || lastEnd === null ? null : lastEnd - firstStart;
}
