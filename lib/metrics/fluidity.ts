import { highest, MOST_ARGUMENTS } from '../shared/extremes.ts';
import type { Milliseconds } from '../shared/units.ts';
import { countTokensPerOutput } from './tokens-per-output.ts';

/** The deadline of a token where nobody names one: 40 a second, faster than anyone reads. */
export const DEFAULT_DEADLINE_MS = 25;

/**
 * Etalon's fluidity index (arXiv 2407.07000): the share of deadlines that were met by the tokens after the first.
 *
 * Each token is due one deadline after the one before, and what earlier ones were ahead is slack for it. One that comes
 * later missed `1 + floor(late / deadline)` deadlines, as many as passed while nothing came; from then on the clock
 * starts anew, without slack. The first token starts the clock, since TTFT tells of it. The tokens of an output come at once.
 * @param gaps between the outputs of one answer
 * @param outputTokens of the answer, an equal part in each output; null: nobody counted, and each is one
 * @returns 0 to 1; null below two outputs
 */
export function computeFluidity(
  gaps: ArrayLike<Milliseconds>,
  deadline: Milliseconds,
  outputTokens: number | null,
): number | null {
  const { length } = gaps;
  // The next output is due so long after one, by its own tokens.
  const tokens = countTokensPerOutput(outputTokens, length + 1);
  const time = tokens * deadline;
  // As a rule the longest gap is enough, which native code finds far faster in k6 than a loop.
  if (length > 0 && length <= MOST_ARGUMENTS && highest(gaps) <= time) return 1;
  let met = tokens - 1;
  let missed = 0;
  let slack = 0;
  // By index: every VU of k6 walks the gaps of each of its answers, and `for … of` takes several times as long there.
  for (let i = 0; i < length; i++) {
    const gap = gaps[i] as Milliseconds;
    if (gap <= time + slack) {
      met += tokens;
      slack += time - gap;
    } else {
      met += tokens - 1;
      missed += 1 + Math.floor((gap - time - slack) / deadline);
      slack = 0;
    }
  }
  return length === 0 ? null : met / (met + missed);
}
