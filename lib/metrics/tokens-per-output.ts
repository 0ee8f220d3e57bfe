/**
 * Tokens an output of an answer has, on average and at least one: speculative decoding, and many services, send several at once.
 *
 * @param outputTokens of the answer; null: nobody counted, and each output is one
 * @param gaps         between its outputs, one fewer than those
 */
export function countTokensPerOutput(outputTokens: number | null, gaps: number): number {
  return Math.max(1, (outputTokens ?? 0) / (gaps + 1));
}
