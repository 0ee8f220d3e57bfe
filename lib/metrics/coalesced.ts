import { lowest, MOST_ARGUMENTS } from '../shared/extremes.ts';
import { COALESCED_BELOW_MS, type Milliseconds } from '../shared/units.ts';

/** Whether two chunks arrived together: the gap between them tells of the network, not of the model. */
export function isCoalesced(gap: Milliseconds): boolean {
  return gap < COALESCED_BELOW_MS;
}

/** As a rule there are none, which the lowest gap says. By a method of the array: in k6, `for … of` takes several times as long. */
export function countCoalesced(gaps: readonly Milliseconds[]): number {
  if (gaps.length <= MOST_ARGUMENTS && !isCoalesced(lowest(gaps))) return 0;
  return gaps.filter(isCoalesced).length;
}
