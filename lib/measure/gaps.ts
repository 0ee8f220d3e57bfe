import { highest, lowest, MOST_ARGUMENTS } from '../shared/extremes.ts';
import { type Milliseconds, roundToMicroseconds } from '../shared/units.ts';

/** A timeout fires late on a busy client, which is not a step of its clock. */
const CLOCK_TOLERANCE_MS = 10_000;

/** Gaps up to here are rounded in 32 bits, without a call: 2,000 seconds are 2e9 microseconds. */
const SMALL_MS = 2e6;

/** What the times of one request's events give. */
export interface Gaps {
  /** From the event before, the first from the start, to each event; whole microseconds. */
  readonly gapsMs: Milliseconds[];
  /**
   * How often the clock was set while the request was under way: it went back by a microsecond or more, or leapt
   * further than the request could last. k6's clock follows the wall clock; a step forward within the limit looks like a
   * slow server, and looks just like one.
   */
  readonly clockSteps: number;
}

/**
 * Takes the gaps between a request's times and looks for steps of the clock.
 *
 * @param limitMs the longest the request may have lasted
 */
export function measureGaps(
  startMs: Milliseconds,
  times: readonly Milliseconds[],
  endMs: Milliseconds,
  limitMs: Milliseconds,
): Gaps {
  const limit = limitMs + CLOCK_TOLERANCE_MS;
  return measureOrderly(startMs, times, endMs, Math.min(limit, SMALL_MS)) ?? measureEach(startMs, times, endMs, limit);
}

/**
 * The gaps where all times lie within `limit` and none goes back, which native code finds far faster in k6 than a loop that
 * compares each.
 *
 * @returns null when they do not
 */
function measureOrderly(
  startMs: Milliseconds,
  times: readonly Milliseconds[],
  endMs: Milliseconds,
  limit: Milliseconds,
): Gaps | null {
  if (times.length === 0 || times.length > MOST_ARGUMENTS) return null;
  if (highest(times) - Math.min(startMs, lowest(times)) > limit) return null;
  let before = startMs;
  const gapsMs = times.slice();
  const { length } = times;
  // By index: a function for each takes k6 longer.
  for (let i = 0; i < length; i++) {
    const time = times[i] as Milliseconds;
    // `| 0` cuts towards 0, so that adding only a half would make 0 of a microsecond back.
    gapsMs[i] = ((((time - before) * 1000 + 1.5) | 0) - 1) / 1000;
    before = time;
  }
  const rest = roundToMicroseconds(endMs - before);
  return lowest(gapsMs) >= 0 && rest >= 0 && rest <= limit ? { gapsMs, clockSteps: 0 } : null;
}

function measureEach(
  startMs: Milliseconds,
  times: readonly Milliseconds[],
  endMs: Milliseconds,
  limit: Milliseconds,
): Gaps {
  let clockSteps = 0;
  let before = startMs;
  const takeGap = (time: Milliseconds): Milliseconds => {
    const gap = roundToMicroseconds(time - before);
    before = time;
    if (gap < 0 || gap > limit) clockSteps += 1;
    return gap;
  };
  const gapsMs = times.map(takeGap);
  takeGap(endMs);
  return { gapsMs, clockSteps };
}
