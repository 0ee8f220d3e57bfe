import { isBelowRate } from '../stats/open-loop.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { LATE_MS } from './open-loop-kept.ts';
import { isLargeError, type Validity } from './validity.ts';

/**
 * Whether a run is INVALID because of the client, so that its numbers say nothing about the service: over 1 % of the starts
 * were late, a mean or a median may be the client's own, or the rate was not reached although no request waited for a place.
 *
 * A service that is too slow keeps the places busy. What waits for one, and a rate not reached for that, is its doing.
 */
export function isClientAtLimit(
  { late_p99_ms, open_loop }: Pick<RunSummary, 'late_p99_ms' | 'open_loop'>,
  { verdict, client_errors }: Validity,
): boolean {
  if (verdict !== 'INVALID') return false;
  const isQueueing = (open_loop?.queued_p99_ms ?? 0) > LATE_MS;
  return (late_p99_ms ?? 0) > LATE_MS || client_errors.some(isLargeError) || (isBelowRate(open_loop) && !isQueueing);
}
