import { capOf, isOpenLoop } from '../config/open-loop.ts';
import type { RunConfig } from '../config/parameters.ts';
import { countBusiest, planStarts } from '../load/plan-starts.ts';
import { defaultArrival } from '../shared/default-arrival.ts';
import { formatCount } from '../shared/format-count.ts';
import type { Milliseconds } from '../shared/units.ts';

/** What a run is to send. */
export interface LoadPlan {
  /** Measured requests; null when only time bounds them. */
  readonly expectedRequests: number | null;
  /** Requests before those, in no metric; 0 where it is not known how many start within `warmup-duration`. */
  readonly warmups: number;
  /** All that are sent; null when only time bounds them. */
  readonly iterations: number | null;
  /** When each request starts, warm-up included, since the start of the load; null in a closed loop. */
  readonly starts: readonly Milliseconds[] | null;
  /** How many requests of an open loop may be under way at once: its cap, or the room that is made; null in a closed loop. */
  readonly places: number | null;
}

/**
 * Plans the requests of a run. Those of an open loop are known beforehand even where time bounds them, since the schedule
 * follows from the seed; warm-up requests are the first of it.
 *
 * @param times  of the file that `schedule` names, in seconds; null without one
 * @param lookMs the latency that a first look found; null without one
 */
export function planLoad(
  config: RunConfig,
  promptCount: number,
  times: readonly number[] | null,
  lookMs: Milliseconds | null = null,
): LoadPlan {
  const planned = plannedRequests(config, promptCount, times);
  const warmups = warmupRequests(config, planned);
  const warmupMs = config.warmupDurationS * 1000;
  if (!isOpenLoop(config)) {
    const expectedRequests = warmupMs > 0 ? null : planned;
    return {
      expectedRequests,
      warmups,
      iterations: planned === null ? null : planned + warmups,
      starts: null,
      places: null,
    };
  }
  const { rate, rateStages, rampUpStrategy, rateStart, rateEnd, arrival, burstiness, seed, durationS } = config;
  const starts = planStarts({
    rate: rate === 'inf' ? Number.POSITIVE_INFINITY : rate,
    rateStages,
    ramp: rampUpStrategy && { strategy: rampUpStrategy, start: rateStart ?? 0, end: rateEnd ?? 0 },
    times,
    arrival: arrival ?? defaultArrival(burstiness),
    shape: burstiness === 'inf' ? Number.POSITIVE_INFINITY : (burstiness ?? 1),
    seed,
    number: planned === null ? null : planned + warmups,
    durationS,
  });
  const first = warmupMs > 0 ? starts.filter((start) => start < warmupMs).length : Math.min(warmups, starts.length);
  return {
    expectedRequests: starts.length - first,
    warmups: first,
    iterations: starts.length,
    starts,
    places: capOf(config) ?? roomFor(starts, lookMs),
  };
}

/** How many VUs share a load: its places, or what its closed loop has in flight, and never more than iterations. */
export function countVus({ parallel }: RunConfig, { places, iterations }: LoadPlan): number {
  return Math.min(places ?? parallel, iterations ?? Number.POSITIVE_INFINITY);
}

/** Lines about the load that a reader of the results needs. */
export function describePlan(
  config: RunConfig,
  { warmups, starts, places }: LoadPlan,
  lookMs: Milliseconds | null = null,
): string[] {
  const { given, openLoop, number, warmupDurationS } = config;
  if (starts === null) return [];
  const notes: string[] = [];
  if (capOf(config) === null) {
    const windowMs = windowOf(lookMs);
    const look = lookMs === null ? '' : ` (trial requests took ${(lookMs / 1000).toFixed(2)} s)`;
    notes.push(
      `Open loop: room for ${formatCount(Math.min(starts.length, places ?? 0), 'request')}; ${countBusiest(starts, windowMs)} start in the busiest ${windowMs / 1000} s${look}; --max-in-flight (MAX_IN_FLIGHT) sets it.`,
    );
  }
  if (openLoop && given.has('parallel')) {
    notes.push('--parallel has no effect beside --open-loop; --max-in-flight is the cap.');
  }
  // A warm-up by time is counted in.
  if (number !== null && starts.length < number + (warmupDurationS > 0 ? 0 : warmups)) {
    notes.push(
      `The schedule ends after ${formatCount(starts.length, 'start')}, warm-up included, before --number ${number} is reached.`,
    );
  }
  return notes;
}

/** A request of an LLM takes half a minute at the most, as a rule. */
const ROOM_MS = 30_000;
/** Under load answers take longer than in a first look, and services pause. */
const SAFETY = 3;
const LEAST_ROOM_MS = 10_000;
/** A VU of k6 takes half a megabyte. */
const MOST_PLACES = 1000;
const MOST_LOOKED_PLACES = 10_000;

function windowOf(lookMs: Milliseconds | null): Milliseconds {
  return lookMs === null ? ROOM_MS : Math.max(LEAST_ROOM_MS, SAFETY * lookMs);
}

/**
 * How many requests under way an open loop without a cap has room for: the starts of its busiest half minute, or of three times
 * the latency that a first look found.
 */
function roomFor(starts: readonly Milliseconds[], lookMs: Milliseconds | null): number {
  const most = lookMs === null ? MOST_PLACES : MOST_LOOKED_PLACES;
  return Math.min(most, Math.max(10, countBusiest(starts, windowOf(lookMs))));
}

/** How many measured requests a run sends as far as its settings say; null when only time bounds it. */
export function plannedRequests(
  config: RunConfig,
  promptCount: number,
  times: readonly number[] | null = null,
): number | null {
  const { number, durationS, rateStages, prompt } = config;
  if (number !== null) return number;
  if (durationS !== null || rateStages !== null) return null;
  if (times !== null) return times.length;
  return prompt === null ? promptCount : 1;
}

/**
 * How many requests warm the service up before the measured ones: `warmupNum` itself, or, as evalscope reads a share,
 * that share of the requests, rounded down, at least one.
 */
export function warmupRequests({ warmupNum }: RunConfig, planned: number | null): number {
  if (warmupNum === 0 || warmupNum >= 1) return warmupNum;
  return Math.max(1, Math.floor(warmupNum * (planned ?? 0)));
}
