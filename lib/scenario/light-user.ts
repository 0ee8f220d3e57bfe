import type { Milliseconds } from '../shared/units.ts';

/** What the light user sees of the engine: k6's `exec.instance`. */
interface Instance {
  readonly currentTestRunDuration: Milliseconds;
  readonly vusActive: number;
  readonly iterationsCompleted: number;
}

/** Between two looks at whether the load is over. */
const LOOK_MS = 100;
/** A load whose VUs nobody has seen by then had none on this instance. */
const LONGEST_START_MS = 10_000;

/**
 * Tells when the load of this instance is over: only the VUs beside it are active any more, and others were.
 *
 * @param leastMs when it begins, on the run's clock, and of stages, which may be at 0 in between, when the last one ends
 * @param beside  how many VUs run beside the load
 */
export function createLoadWatch(clock: Instance, leastMs: Milliseconds, beside = 1): () => boolean {
  let hasBegun = false;
  return () => {
    if (clock.vusActive > beside) {
      hasBegun = true;
      return false;
    }
    const waitMs = hasBegun || clock.iterationsCompleted > 0 ? 0 : LONGEST_START_MS;
    return clock.currentTestRunDuration >= leastMs + waitMs;
  };
}

/** What a light user does beside the load. */
export interface LightUser {
  /** Requests per second. */
  readonly rate: number;
  readonly isLoadOver: () => boolean;
  /** Sends a request, due at a time since the load began; false where the run ended within it. */
  readonly send: (index: number, due: Milliseconds) => Promise<boolean>;
  /** Until a time on the run's clock; false where the run ended first. */
  readonly wait: (until: Milliseconds) => Promise<boolean>;
}

/**
 * One user beside the load, one request at a time at even times, the first half a gap after the load begins. Times that
 * pass while a request is under way are left out, but for the last of them: it goes out late, and its times from the
 * schedule say so.
 */
export async function runLightUser(
  { rate, send, isLoadOver, wait }: LightUser,
  clock: Instance,
  beginMs: Milliseconds,
): Promise<void> {
  const gap = 1000 / rate;
  let index = 0;
  for (let due = gap / 2; ; due += gap) {
    const passed = clock.currentTestRunDuration - beginMs - due;
    if (passed > gap) due += Math.floor(passed / gap) * gap;
    for (let now = clock.currentTestRunDuration; now < beginMs + due; now = clock.currentTestRunDuration) {
      if (isLoadOver() || !(await wait(Math.min(now + LOOK_MS, beginMs + due)))) return;
    }
    if (isLoadOver()) return;
    if (!(await send(index, due))) return;
    index += 1;
  }
}
