import type { RunSummary } from '../stats/run-summary.ts';

/** Requests that a run was to send and did not, and how many it was to send. */
interface UnsentRequests {
  readonly unsent: number;
  /** 0 where only time bounds the run and the engine dropped nothing. */
  readonly planned: number;
}

/**
 * Counts what was planned and never sent, however that came about: a kill, a stop, the engine's own limit. Turns of a
 * conversation that one before them ended were not to be sent.
 *
 * A duration that the user gave is a plan as well: what the engine dropped at its end is not a fault. It drops nothing when
 * it is stopped, so a run that was cut within its duration still shows.
 */
export function countUnsent(
  summary: Pick<RunSummary, 'total_requests' | 'expected_requests' | 'dropped_iterations' | 'abandoned_turns'>,
  {
    planned_requests,
    bounded_by_time,
  }: { readonly planned_requests: number | null; readonly bounded_by_time: boolean },
): UnsentRequests {
  const { total_requests: sent, dropped_iterations: dropped, abandoned_turns: abandoned } = summary;
  const expected = planned_requests ?? summary.expected_requests;
  if (expected === null)
    return dropped === 0 ? { unsent: 0, planned: 0 } : { unsent: dropped, planned: sent + dropped };
  const missing = Math.max(0, expected - abandoned - sent);
  return { unsent: bounded_by_time ? Math.max(0, missing - dropped) : missing, planned: expected };
}
