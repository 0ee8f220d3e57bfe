import { computeCachedShare } from '../metrics/cached-share.ts';
import type { Milliseconds } from '../shared/units.ts';
import { CONVERSATION_NUMBERS, type ConversationNumber } from './conversations.ts';
import { choosePercentile, type Percentile } from './percentile-rule.ts';
import { countCached, type LabelFilter, listRequests, type RunData, sortSelected } from './run-data.ts';
import { type SortedValues, sortValues } from './sorted-values.ts';

/** The statistics of a number over conversations. Percentiles are linear, numpy's, as evalscope takes these. */
export interface ConversationRow {
  readonly number: ConversationNumber;
  readonly mean: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The requests that are one turn of their conversations, or several. */
export interface TurnRow {
  readonly from: number;
  /** null: and all that follow. */
  readonly to: number | null;
  readonly requests: number;
  readonly completed: number;
  readonly ttft_avg_ms: Milliseconds | null;
  /** By the rule of the run. */
  readonly ttft_p50_ms: Milliseconds | null;
  readonly ttft_p99_ms: Milliseconds | null;
  readonly latency_avg_ms: Milliseconds | null;
  readonly input_tokens_avg: number | null;
  readonly output_tokens_avg: number | null;
  /** Cached over input tokens of the requests that tell both, 0 to 1; null where none does. */
  readonly cached: number | null;
}

/** What is only of a run of conversations. */
export interface ConversationSummary {
  /** Of which a request was sent. */
  readonly conversations: number;
  /** All of whose turns completed. */
  readonly completed: number;
  /** Turns that were not sent, since one before them did not complete. */
  readonly abandoned_turns: number;
  /** Turns that completed / conversations. */
  readonly turns_avg: number;
  readonly first_ttft_avg_ms: Milliseconds | null;
  readonly later_ttft_avg_ms: Milliseconds | null;
  /** A number that no conversation has is in none of them. */
  readonly rows: readonly ConversationRow[];
  readonly turns: readonly TurnRow[];
}

/** So many turns have a row each; those after them share one. */
const MOST_ROWS = 9;

/** null where no request is part of a conversation. */
export function summarizeConversations(data: RunData, percentile: Percentile): ConversationSummary | null {
  const { conversations } = data;
  if (conversations.length === 0) return null;
  const sum = (read: (conversation: (typeof conversations)[number]) => number): number =>
    conversations.reduce((total, conversation) => total + read(conversation), 0);
  const meanTtft = (isMeant: LabelFilter): number | null => sortSelected(data, 'ttft', isMeant).mean();
  return {
    conversations: conversations.length,
    completed: sum(({ isWhole }) => (isWhole ? 1 : 0)),
    abandoned_turns: sum(({ abandoned }) => abandoned),
    turns_avg: sum(({ completed }) => completed) / conversations.length,
    first_ttft_avg_ms: meanTtft(({ conversation }) => conversation?.turn === 1),
    later_ttft_avg_ms: meanTtft(({ conversation }) => (conversation?.turn ?? 0) > 1),
    rows: CONVERSATION_NUMBERS.flatMap((number) => {
      const values = conversations.map(({ numbers }) => numbers[number] ?? Number.NaN);
      return describe(number, sortValues(Float64Array.from(values)));
    }),
    turns: listTurns(data).map((turns) => summarizeTurn(data, percentile, turns)),
  };
}

/** No row without a value. */
function describe(number: ConversationNumber, values: SortedValues): ConversationRow[] {
  const mean = values.mean();
  if (mean === null) return [];
  const linear = choosePercentile('linear');
  const at = (percent: number): number => linear(values, percent) as number;
  return [{ number, mean, min: at(0), p50: at(50), p90: at(90), p95: at(95), p99: at(99), max: at(100) }];
}

function listTurns({ labels }: RunData): Pick<TurnRow, 'from' | 'to'>[] {
  // Not as arguments: a server that names a new finish reason every time makes a label a request.
  const longest = labels.reduce((most, { conversation }) => Math.max(most, conversation?.turn ?? 0), 0);
  const own = Math.min(longest, longest > MOST_ROWS + 1 ? MOST_ROWS : MOST_ROWS + 1);
  const rows: Pick<TurnRow, 'from' | 'to'>[] = Array.from({ length: own }, (_, i) => ({ from: i + 1, to: i + 1 }));
  return own < longest ? [...rows, { from: own + 1, to: null }] : rows;
}

function summarizeTurn(data: RunData, percentile: Percentile, { from, to }: Pick<TurnRow, 'from' | 'to'>): TurnRow {
  const isMeant: LabelFilter = ({ conversation }) => {
    const turn = conversation?.turn ?? 0;
    return turn >= from && (to === null || turn <= to);
  };
  const of = (name: Parameters<typeof sortSelected>[1]): SortedValues => sortSelected(data, name, isMeant);
  const ttft = of('ttft');
  const { cachedTokens, cacheableTokens } = countCached(data, isMeant);
  return {
    from,
    to,
    requests: listRequests(data, isMeant).length,
    completed: listRequests(data, (label) => isMeant(label) && label.outcome === 'completed').length,
    ttft_avg_ms: ttft.mean(),
    ttft_p50_ms: percentile(ttft, 50),
    ttft_p99_ms: percentile(ttft, 99),
    latency_avg_ms: of('latency').mean(),
    input_tokens_avg: of('input_tokens').mean(),
    output_tokens_avg: of('output_tokens').mean(),
    cached: computeCachedShare(cachedTokens, cacheableTokens),
  };
}
