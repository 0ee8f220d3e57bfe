import type { Milliseconds } from '../shared/units.ts';

/**
 * When the first request of a VU starts in a closed loop with `--ramp-up`, since the start of the load: the first
 * `parallel` requests are spread evenly, the first of them at 0, the last one a step before the end of the ramp.
 *
 * By the request's index in place of the VU's number, since k6 shares its VU numbers out over scenarios and segments.
 * @param index of the request, from 0; where a VU's first request comes after `parallel` others, it starts over
 */
export function rampUpStart(index: number, parallel: number, rampUpS: number): Milliseconds {
  return ((index % parallel) / parallel) * rampUpS * 1000;
}

/** The line about a ramp-up below the tables; none without one. */
export function describeRampUp(rampUpS: unknown): string[] {
  return typeof rampUpS !== 'number' || rampUpS === 0
    ? []
    : [`The first starts were spread over ${rampUpS} s (--ramp-up); the steady state leaves that time out.`];
}
