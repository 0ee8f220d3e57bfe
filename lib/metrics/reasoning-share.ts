import type { RequestRecord } from '../measure/request-record.ts';

/**
 * The share of an answer's chunks whose output is reasoning alone. Of chunks, not of tokens: few servers tell how many of
 * their tokens were reasoning.
 * @returns 0 to 1; null where chunks are not known, or there are none
 */
export function computeReasoningShare({
  reasoning_chunks,
  chunks,
}: Pick<RequestRecord, 'reasoning_chunks' | 'chunks'>): number | null {
  return reasoning_chunks === null || chunks === null || chunks === 0 ? null : reasoning_chunks / chunks;
}
