import type { Delta, Usage } from '../stream/delta.ts';

const NO_USAGE: Usage = { inputTokens: null, outputTokens: null, cachedTokens: null };

/**
 * A request's token counts out of all `usage` its events carried.
 *
 * The last one seen counts, for each choice. A usage event without `choices` belongs to the choice that finished last;
 * a server that sends one of them per choice (llama.cpp with n > 1) counts only that choice's output in each, so they are
 * summed. A server that sends a single one counts all choices in it. Usage on chunks (vLLM's `continuous_usage_stats`)
 * counts only where no event of its own follows. Prompt tokens are the same in all of them and are not summed.
 */
export function readUsage(deltas: Iterable<Delta>): Usage {
  const own = new Map<number, Usage>();
  const onChunks = new Map<number, Usage>();
  let lastFinished = 0;
  for (const delta of deltas) {
    if (delta.finishReason !== null) lastFinished = delta.choice;
    if (delta.usage === null) continue;
    if (delta.hasChoices) onChunks.set(delta.choice, delta.usage);
    else own.set(lastFinished, delta.usage);
  }
  const counted = own.size > 0 ? own : onChunks;
  let total = NO_USAGE;
  for (const usage of counted.values()) {
    total = {
      inputTokens: usage.inputTokens ?? total.inputTokens,
      outputTokens: usage.outputTokens === null ? total.outputTokens : (total.outputTokens ?? 0) + usage.outputTokens,
      cachedTokens: usage.cachedTokens ?? total.cachedTokens,
    };
  }
  return total;
}
