import type { RequestRecord } from '../measure/request-record.ts';
import { divide } from '../shared/divide.ts';
import type { Milliseconds } from '../shared/units.ts';

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
 * @param tokens in each output, on average of the answer: speculative decoding, and many services, send several at once
 * @returns null below two outputs
 */
export function computeReaderWaits(gaps: ArrayLike<Milliseconds>, pace: Milliseconds, tokens: number): number | null {
  let ahead = 0;
  for (let i = 0; i < gaps.length; i++) {
    ahead += pace * tokens - (gaps[i] as Milliseconds);
    if (ahead < 0) return 1;
  }
  return gaps.length === 0 ? null : 0;
}

/** Tokens an output of an answer, on average, and at least one; one where either is not known. */
export function countTokensPerOutput({
  output_tokens,
  chunks,
}: Pick<RequestRecord, 'output_tokens' | 'chunks'>): number {
  return Math.max(1, divide(output_tokens, chunks) ?? 1);
}
