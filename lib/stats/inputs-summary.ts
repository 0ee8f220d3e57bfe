import { computeRate } from '../metrics/rate.ts';
import type { Milliseconds } from '../shared/units.ts';

/** What of a run whose answers are not text there is in place of generation: of embeddings and rerank. */
export interface InputsSummary {
  /** Texts or documents of the completed requests. */
  readonly inputs_total: number;
  readonly inputs_avg: number;
  /** Over the time taken. */
  readonly inputs_per_s: number | null;
  readonly input_tokens_per_s: number | null;
}

/** What the inputs come to; null where the answers are text. */
export function summarizeInputs(
  total: number | null,
  requests: number,
  tokens: number | null,
  timeTaken: Milliseconds | null,
): InputsSummary | null {
  if (total === null || requests === 0) return null;
  return {
    inputs_total: total,
    inputs_avg: total / requests,
    inputs_per_s: computeRate(total, timeTaken),
    input_tokens_per_s: computeRate(tokens, timeTaken),
  };
}
