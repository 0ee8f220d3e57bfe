import type { Milliseconds } from '../shared/units.ts';
import type { RunData } from './run-data.ts';
import { countMostUnderWay } from './under-way.ts';

/** A time by which users wait, of the requests that have it. */
interface ScheduledTime {
  readonly avg_ms: Milliseconds | null;
  readonly p50_ms: Milliseconds | null;
  readonly p99_ms: Milliseconds | null;
}

/** How an open loop was kept, and its times from the schedule, which are free of coordinated omission. */
export interface OpenLoopSummary {
  /** Starts per second between the first and the last as they were due; null for one start, and all at once. */
  readonly scheduled_per_s: number | null;
  /** The same as they were; null where metrics alone tell of a part of the run. */
  readonly achieved_per_s: number | null;
  /** How long requests waited in the client for a free place. */
  readonly queued_p99_ms: Milliseconds | null;
  /** The most requests under way at once; null where only metrics tell of the run. */
  readonly peak_in_flight: number | null;
  readonly ttft: ScheduledTime;
  readonly latency: ScheduledTime;
}

/** How an open loop was kept; null for a closed one. */
export function readOpenLoop(
  data: RunData,
): Pick<OpenLoopSummary, 'scheduled_per_s' | 'achieved_per_s' | 'peak_in_flight'> | null {
  if (data.sorted('late').length === 0) return null;
  return {
    scheduled_per_s: rateOf(data.column('scheduled_ms')),
    achieved_per_s: rateOf(data.column('start_ms')),
    peak_in_flight: countMostUnderWay(data.column('start_ms').slice().sort(), data.column('end_ms').slice().sort()),
  };
}

/** A rate below this share of the asked one is not that rate. */
const LEAST_RATE = 0.98;

/** Whether requests started at less than the rate of their schedule; false where it has none. */
export function isBelowRate(open: Pick<OpenLoopSummary, 'scheduled_per_s' | 'achieved_per_s'> | null): boolean {
  return (open?.achieved_per_s ?? Number.POSITIVE_INFINITY) < LEAST_RATE * (open?.scheduled_per_s ?? 0);
}

/**
 * Per second, between the first and the last; null for one, and for all at once.
 *
 * @param count how many there are, where not all of them are listed
 */
export function rateOf(times: ArrayLike<Milliseconds>, count = times.length): number | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < times.length; i++) {
    first = Math.min(first, times[i] as number);
    last = Math.max(last, times[i] as number);
  }
  return last > first ? ((count - 1) / (last - first)) * 1000 : null;
}
