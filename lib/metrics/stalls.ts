import type { Milliseconds } from '../shared/units.ts';
import { countTokensPerOutput } from './tokens-per-output.ts';

/** A pause that everyone notices. */
export const DEFAULT_STALL_MS = 500;

/**
 * Whether an answer paused: 1 where a gap between two of its outputs is longer than the limit, else 0.
 *
 * @returns null below two outputs
 */
export function computeStalled(gaps: ArrayLike<Milliseconds>, limit: Milliseconds): number | null {
  for (let i = 0; i < gaps.length; i++) if ((gaps[i] as Milliseconds) > limit) return 1;
  return gaps.length === 0 ? null : 0;
}

/** 5 words/s, at three quarters of a word a token. */
export const DEFAULT_READING_MS = 150;

/**
 * Whether a reader ever waits: 1 where some output comes later than someone needs it who begins with the first one and takes
 * `pace` for each token, else 0. Unlike a stall, a slow stream without pauses makes a reader wait, and a pause after a fast
 * beginning does not.
 *
 * @param outputTokens of the answer, an equal part in each output; null: nobody counted, and each is one
 * @returns null below two outputs
 */
export function computeReaderWaits(
  gaps: ArrayLike<Milliseconds>,
  pace: Milliseconds,
  outputTokens: number | null,
): number | null {
  const time = pace * countTokensPerOutput(outputTokens, gaps.length + 1);
  let ahead = 0;
  for (let i = 0; i < gaps.length; i++) {
    ahead += time - (gaps[i] as Milliseconds);
    if (ahead < 0) return 1;
  }
  return gaps.length === 0 ? null : 0;
}
