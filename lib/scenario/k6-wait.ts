import { sleep } from 'k6';
import type { Milliseconds } from '../shared/units.ts';
import type { Clock } from '../stream/received-answer.ts';

/**
 * When the run's clock was at 0, by the wall clock, in milliseconds since 1970 with their fractions: the wall clock shows
 * whole ones, so this waits for the next, and again where the machine was elsewhere between the two clocks.
 */
export function findEpoch(clock: Clock): number {
  for (;;) {
    const first = Date.now();
    let now = first;
    while (now === first) now = Date.now();
    const epoch = now - clock.currentTestRunDuration;
    if (Date.now() === now) return epoch;
  }
}

/**
 * A moment of the wall clock on the run's clock.
 *
 * @param epoch as `findEpoch` told in setup, for all VUs alike; where it is of another machine, or the wall clock was set
 * since, one is made of whole milliseconds
 */
export function toRunClock(moment: number, epoch: unknown, clock: Clock): Milliseconds {
  const before = Date.now();
  const atMs = clock.currentTestRunDuration;
  // A machine that is busy may be elsewhere between two lines.
  const isRight = typeof epoch === 'number' && epoch > before - atMs - 2 && epoch < Date.now() - atMs + 2;
  return moment - (isRight ? epoch : before - atMs);
}

/**
 * Waits until a time on the run's clock; one that is past is not a wait.
 *
 * @returns false where the run ended first: k6's `sleep` comes back then, and the next request must not go out
 */
export async function waitUntil(atMs: Milliseconds, clock: Clock): Promise<boolean> {
  // In k6 it blocks the VU, in the Node engine it is a promise.
  const leftMs = atMs - clock.currentTestRunDuration;
  if (leftMs > 0) await sleep(leftMs / 1000);
  return clock.currentTestRunDuration >= atMs - 2;
}
