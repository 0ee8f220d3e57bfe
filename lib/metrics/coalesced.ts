import { COALESCED_BELOW_MS, type Milliseconds } from '../shared/units.ts';

/** Whether two chunks arrived together: the gap between them tells of the network, not of the model. */
export function isCoalesced(gap: Milliseconds): boolean {
  return gap < COALESCED_BELOW_MS;
}

/**
 * The share of gaps between chunks that lie under 0.05 ms, because several events arrived in one read.
 *
 * Where it is high, ITL percentiles describe how the server's writes were bundled.
 * @returns 0 to 1; null without gaps, or where nobody knows how many there are
 */
export function computeCoalescedRatio(coalescedGaps: number, gaps: number | null): number | null {
  return gaps === 0 || gaps === null ? null : coalescedGaps / gaps;
}

/** By a method of the array: in k6, `for … of` takes several times as long. */
export function countCoalesced(gaps: readonly Milliseconds[]): number {
  return gaps.filter(isCoalesced).length;
}
