import { divide } from '../shared/divide.ts';
import type { RunSummary } from './run-summary.ts';

/** What tokens and time cost, in whatever currency; null: nobody says. */
export interface Prices {
  /** For a million tokens. */
  readonly input: number | null;
  readonly output: number | null;
  /** Of the service, for an hour. */
  readonly hour: number | null;
}

/** What a run cost; null where there is nothing to divide by. */
export interface CostSummary {
  /** Of the requests that completed, by their tokens and by the time that the run took. */
  readonly total: number;
  readonly per_answer: number | null;
  readonly per_million_output_tokens: number | null;
  readonly per_million_tokens: number | null;
  /** An answer that failed, or came too late for the goodput gates of the run, costs the good ones. */
  readonly per_good_answer: number | null;
}

type Counted = Pick<
  RunSummary,
  | 'input_tokens_total'
  | 'input_tokens_requests'
  | 'output_tokens_total'
  | 'output_tokens_requests'
  | 'completed_requests'
  | 'time_taken_ms'
>;

/**
 * Tokens at their price, and the time that the run took at that of the service.
 *
 * @param goodAnswers how many met all limits of goodput; null where no gate names any
 * @returns null without a price, and where an answer lacks a count that a price is for
 */
export function computeCost(summary: Counted, prices: Prices, goodAnswers: number | null): CostSummary | null {
  const { input, output, hour } = prices;
  const { input_tokens_total: inputs, output_tokens_total: outputs, time_taken_ms } = summary;
  if ((input ?? output ?? hour) === null || (hour !== null && time_taken_ms === null)) return null;
  if (explainNoCost(summary, prices) !== null) return null;
  const total =
    ((input ?? 0) * (inputs ?? 0) + (output ?? 0) * (outputs ?? 0)) / 1e6 +
    ((hour ?? 0) * (time_taken_ms ?? 0)) / 3_600_000;
  const counted = (amount: number | null, of: number | null): number | null =>
    of === summary.completed_requests ? amount : null;
  const allOutputs = counted(outputs, summary.output_tokens_requests);
  const allInputs = counted(inputs, summary.input_tokens_requests);
  return {
    total,
    per_answer: divide(total, summary.completed_requests),
    per_million_output_tokens: divide(total * 1e6, allOutputs),
    per_million_tokens: allInputs === null || allOutputs === null ? null : divide(total * 1e6, allInputs + allOutputs),
    per_good_answer: divide(total, goodAnswers),
  };
}

/** Why there is no cost although there are prices; null where there is one, or no price. */
export function explainNoCost(summary: Counted, { input, output }: Prices): string | null {
  const { completed_requests: completed } = summary;
  const missing = [
    [input, 'input', completed - (summary.input_tokens_requests ?? 0)] as const,
    [output, 'output', completed - (summary.output_tokens_requests ?? 0)] as const,
  ].find(([price, , lacking]) => price !== null && lacking > 0);
  if (missing === undefined) return null;
  const [, what, lacking] = missing;
  return `Cost: not known, since ${lacking} of ${completed} answers have no count of their ${what} tokens.`;
}
