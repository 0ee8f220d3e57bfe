import type { Milliseconds } from '../shared/units.ts';

/**
 * Time per output token of one request: `(latency - TTFT) / (output tokens - 1)`, vLLM's, SGLang's and today's
 * evalscope's formula.
 *
 * @returns milliseconds; null without a latency or TTFT, and below two output tokens, where nothing was generated after
 *   the first
 */
export function computeTpot(
  latency: Milliseconds | null,
  ttft: Milliseconds | null,
  outputTokens: number | null,
): Milliseconds | null {
  if (latency === null || ttft === null || outputTokens === null || outputTokens < 2) return null;
  return (latency - ttft) / (outputTokens - 1);
}
