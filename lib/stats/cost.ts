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

/** What a run cost; null where there is nothing to divide by, or a price or a count is not known. */
export interface CostSummary {
  /** Of the requests that completed, by their tokens and by the time that the run took. */
  readonly total: number;
  readonly per_answer: number | null;
  readonly per_million_output_tokens: number | null;
  readonly per_million_tokens: number | null;
  /** An answer that failed, or came too late for the goodput gates of the run, costs the good ones. */
  readonly per_good_answer: number | null;
}

/**
 * Tokens at their price, and the time that the run took at that of the service.
 *
 * @param goodRatio share of the requests sent that met all limits of goodput; null where no gate names any
 * @returns null without a price, and where a count that a price is for is not known
 */
export function computeCost(
  summary: Pick<
    RunSummary,
    'input_tokens_total' | 'output_tokens_total' | 'completed_requests' | 'total_requests' | 'time_taken_ms'
  >,
  { input, output, hour }: Prices,
  goodRatio: number | null,
): CostSummary | null {
  const { input_tokens_total, output_tokens_total, completed_requests, total_requests, time_taken_ms } = summary;
  const parts = [
    [input, input_tokens_total, 1e6],
    [output, output_tokens_total, 1e6],
    [hour, time_taken_ms, 3_600_000],
  ] as const;
  const known = parts.filter(([price]) => price !== null);
  if (known.length === 0 || known.some(([, amount]) => amount === null)) return null;
  const total = known.reduce((sum, [price, amount, per]) => sum + ((price ?? 0) * (amount ?? 0)) / per, 0);
  const tokens =
    input_tokens_total === null || output_tokens_total === null ? null : input_tokens_total + output_tokens_total;
  return {
    total,
    per_answer: divide(total, completed_requests),
    per_million_output_tokens: divide(total * 1e6, output_tokens_total),
    per_million_tokens: divide(total * 1e6, tokens),
    per_good_answer: goodRatio === null ? null : divide(total, goodRatio * total_requests),
  };
}
