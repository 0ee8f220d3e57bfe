import type { Milliseconds } from '../shared/units.ts';
import { findLastOutput } from './chunk-times.ts';
import type { RequestRecord } from './request-record.ts';

/** What of a record the time per output token is made of. */
type OutputTimes = Pick<
  RequestRecord,
  'ttft_ms' | 'ttft_rule' | 'first_output_ms' | 'last_output_ms' | 'chunk_gaps_ms' | 'choices'
>;

/**
 * Time per output token of one request: `(last output - TTFT) / (output tokens - 1)`. vLLM's, SGLang's and today's
 * evalscope's formula with the end where the output ends: usage or a filter's verdict that comes later is not waited for.
 *
 * With several choices it is what the reader of one of them sees: the time from each one's own first output to its last,
 * summed, over all output tokens but the first of each, so two answers of a token every 10 ms side by side have 10 ms.
 *
 * @returns milliseconds; null without times of output (no streaming, or a transport without events), and where no token
 *   was generated after the first
 */
export function computeTpot(times: OutputTimes, outputTokens: number | null): Milliseconds | null {
  const { ttft_ms, ttft_rule, chunk_gaps_ms, choices = 1 } = times;
  if (outputTokens === null || outputTokens <= choices || ttft_ms === null || ttft_rule === 'first-byte') return null;
  if (choices > 1) return chunk_gaps_ms.reduce((sum, gap) => sum + gap, 0) / (outputTokens - choices);
  const lastOutput = findLastOutput(times);
  return lastOutput === undefined ? null : (lastOutput - ttft_ms) / (outputTokens - 1);
}
