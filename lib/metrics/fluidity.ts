import { highest, MOST_ARGUMENTS } from '../shared/extremes.ts';
import type { Milliseconds } from '../shared/units.ts';

/** The deadline of an output where nobody names one: 40 outputs a second, faster than anyone reads. */
export const DEFAULT_DEADLINE_MS = 25;

/**
 * Etalon's fluidity index (arXiv 2407.07000): the share of deadlines that were met by the outputs after the first.
 *
 * Each output is due one deadline after the one before, and what earlier ones were ahead is slack for it. One that comes
 * later missed `floor((gap - slack) / deadline)` deadlines, as many as passed while nothing came; from then on the clock
 * starts anew, without slack. The first output starts the clock, since TTFT tells of it.
 * @param gaps between the outputs of one answer
 * @returns 0 to 1; null below two outputs
 */
export function computeFluidity(gaps: ArrayLike<Milliseconds>, deadline: Milliseconds): number | null {
  const { length } = gaps;
  // As a rule the longest gap is enough, which native code finds far faster in k6 than a loop.
  if (length > 0 && length <= MOST_ARGUMENTS && highest(gaps) <= deadline) return 1;
  let met = 0;
  let missed = 0;
  let slack = 0;
  // By index: every VU of k6 walks the gaps of each of its answers, and `for … of` takes several times as long there.
  for (let i = 0; i < length; i++) {
    const gap = gaps[i] as Milliseconds;
    if (gap <= deadline + slack) {
      met += 1;
      slack += deadline - gap;
    } else {
      missed += Math.floor((gap - slack) / deadline);
      slack = 0;
    }
  }
  return length === 0 ? null : met / (met + missed);
}
