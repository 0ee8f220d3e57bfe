import type { Milliseconds } from '../shared/units.ts';
import { isBelowRate } from '../stats/open-loop.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { adviseStart } from './evidence-checks.ts';
import { LATE_MS } from './validity-checks.ts';

/** What may be to blame beside the places. */
interface Circumstances {
  /** Whether something beside the starts says that the client was at its limit. */
  readonly isBusy: boolean;
  /** How long after START_AT the load was ready; 0 where it was in time. */
  readonly behindMs: Milliseconds;
}

/** Places beyond rate × latency, since arrivals come in bursts. */
const ROOM = 1.5;

/**
 * Why an open loop was not kept, with the number to set; null where it was, in a closed loop, and all at once.
 *
 * Waiting for a place is what a cap is for: under a cap that the user set only the rate tells. Without one the places were
 * too few. A client at its limit holds the places longer, and more of them would not help it.
 *
 * A load that was ready after START_AT sends what was due before all at once, a burst of its own making.
 */
export function describeUnkept(summary: RunSummary, { isBusy, behindMs }: Circumstances): string | null {
  const { open_loop, late_p99_ms, concurrency } = summary;
  if (open_loop === null || open_loop.scheduled_per_s === null) return null;
  const { scheduled_per_s, achieved_per_s, queued_p99_ms } = open_loop;
  const isLate = (late_p99_ms ?? 0) > LATE_MS;
  const isQueueing = (queued_p99_ms ?? 0) > LATE_MS;
  const cure =
    adviseStart(late_p99_ms ?? 0, behindMs) ??
    (isLate || isBusy || !isQueueing
      ? AT_LIMIT
      : `: set --max-in-flight ${countPlaces(summary, scheduled_per_s)} (MAX_IN_FLIGHT), if the service can keep up`);
  const tell = (what: string, p99: number | null): string =>
    `over 1 % of the requests ${what} (p99 ${p99?.toFixed(1)} ms)`;
  const [first, ...others] = [
    ...(isLate ? [tell(`started ${LATE_MS} ms or more late`, late_p99_ms)] : []),
    ...(isQueueing && concurrency === null ? [tell(`waited ${LATE_MS} ms or more for a place`, queued_p99_ms)] : []),
    ...(isBelowRate(open_loop)
      ? [`${achieved_per_s?.toFixed(2)} of ${scheduled_per_s.toFixed(2)} requests/s were reached`]
      : []),
  ];
  return first === undefined ? null : `the open loop was not kept: ${[first + cure, ...others].join('; ')}`;
}

const AT_LIMIT = ': the client is at its limit, so lower the rate or use more instances';

/** By Little's law, with room; more than there were, where the peak is known. */
function countPlaces({ latency_avg_ms, open_loop, concurrency }: RunSummary, perSecond: number): number {
  const had = concurrency ?? open_loop?.peak_in_flight ?? 0;
  return Math.max(had + 1, Math.ceil((perSecond * (latency_avg_ms ?? 0) * ROOM) / 1000));
}
