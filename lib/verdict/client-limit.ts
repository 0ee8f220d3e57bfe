import type { Milliseconds } from '../shared/units.ts';
import { isBelowRate } from '../stats/open-loop.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import type { GateResult } from './judge-gates.ts';
import { isLargeError, type Validity } from './validity.ts';
import { LATE_MS } from './validity-checks.ts';

/**
 * Whether a run is INVALID because of the client, so that its numbers say nothing about the service: over 1 % of the starts
 * were late, a mean or a median may be the client's own, or the rate was not reached although no request waited for a place.
 *
 * A service that is too slow keeps the places busy. What waits for one, and a rate not reached for that, is its doing.
 *
 * @param isDespiteLate whether the numbers say something in spite of late starts
 */
export function isClientAtLimit(
  { late_p99_ms, open_loop }: Pick<RunSummary, 'late_p99_ms' | 'open_loop'>,
  { verdict, client_errors }: Validity,
  isDespiteLate = false,
): boolean {
  if (verdict !== 'INVALID') return false;
  const isQueueing = (open_loop?.queued_p99_ms ?? 0) > LATE_MS;
  const isLate = !isDespiteLate && (late_p99_ms ?? 0) > LATE_MS;
  return isLate || client_errors.some(isLargeError) || (isBelowRate(open_loop) && !isQueueing);
}

/**
 * Whether a limit on a time is crossed by so much that late starts are not the reason.
 *
 * Where a service takes requests in turn, starts that come up to L late end each answer at most L later, and none earlier. So no
 * time that counts from a start or from the schedule, and no mean or percentile of it, is more than L too long.
 *
 * @param latestMs L, the latest of all starts
 */
export function isCrossedDespiteLate(gates: readonly GateResult[], latestMs: Milliseconds): boolean {
  return gates.some(
    ({ unit, operator, margin }) =>
      unit === 'ms' && (operator === '<' || operator === '<=') && margin !== null && margin < -latestMs,
  );
}
