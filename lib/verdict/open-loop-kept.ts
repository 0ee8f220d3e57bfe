import type { RunSummary } from '../stats/run-summary.ts';

/** More than 1 % of the starts later than this is a schedule that was not kept. */
const LATE_MS = 10;
/** A rate below this share of the asked one is not that rate. */
const LEAST_RATE = 0.98;
/** Places beyond rate × latency, since arrivals come in bursts. */
const ROOM = 1.5;

/**
 * Why an open loop was not kept, with the number to set; null where it was, in a closed loop, and all at once.
 *
 * Waiting for a place is what a cap is for: under a cap that the user set only the rate tells. Without one the places were
 * too few.
 */
export function describeUnkept(summary: RunSummary): string | null {
  const { open_loop, late_p99_ms, concurrency } = summary;
  if (open_loop === null || open_loop.scheduled_per_s === null) return null;
  const { scheduled_per_s, achieved_per_s, queued_p99_ms } = open_loop;
  const isQueueing = (queued_p99_ms ?? 0) > LATE_MS;
  const setPlaces = `set --max-in-flight ${countPlaces(summary, scheduled_per_s)} (MAX_IN_FLIGHT), if the service can keep up`;
  const reasons: string[] = [];
  if (late_p99_ms !== null && late_p99_ms > LATE_MS) {
    reasons.push(
      `over 1 % of the requests started more than ${LATE_MS} ms late (p99 ${late_p99_ms.toFixed(1)} ms): the client is at its limit, so lower the rate or use more instances`,
    );
  }
  if (isQueueing && concurrency === null) {
    reasons.push(
      `over 1 % of the requests waited more than ${LATE_MS} ms for a place (p99 ${(queued_p99_ms as number).toFixed(1)} ms): ${setPlaces}`,
    );
  }
  if (achieved_per_s !== null && achieved_per_s < LEAST_RATE * scheduled_per_s) {
    const rates = `${achieved_per_s.toFixed(2)} of ${scheduled_per_s.toFixed(2)} requests/s were reached`;
    const isSaid = reasons.length > 0;
    reasons.push(isSaid ? rates : `${rates}: ${isQueueing ? setPlaces : 'the client is at its limit'}`);
  }
  return reasons.length === 0 ? null : `the open loop was not kept: ${reasons.join('; ')}`;
}

/** By Little's law, with room; more than there were, where the peak is known. */
function countPlaces({ latency_avg_ms, open_loop, concurrency }: RunSummary, perSecond: number): number {
  const had = concurrency ?? open_loop?.peak_in_flight ?? 0;
  return Math.max(had + 1, Math.ceil((perSecond * (latency_avg_ms ?? 0) * ROOM) / 1000));
}
