/** So many tokens an output come without any draft: servers hold tokens back until a character is whole (llama.cpp: 1.07). */
export const HELD_BACK = 1.1;

/**
 * Tokens an output of an answer has, on average: speculative decoding, and many services, send several at once. One where it
 * hardly has more, beside a token that ends the answer and is counted, but not sent.
 *
 * @param outputTokens of the answer; null: nobody counted, and each output is one
 */
export function countTokensPerOutput(outputTokens: number | null, outputs: number): number {
  return outputTokens === null || outputTokens - 1 < HELD_BACK * outputs ? 1 : outputTokens / outputs;
}
