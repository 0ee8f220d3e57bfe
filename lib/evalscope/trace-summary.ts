import type { ConversationSummary } from '../stats/conversation-summary.ts';
import type { ConversationNumber } from '../stats/conversations.ts';
import type { RunData } from '../stats/run-data.ts';

/** evalscope 1.14's names (`perf/utils/trace_metrics.py`), and by what ours are divided. */
const NAMES: readonly (readonly [metric: string, number: ConversationNumber, scale: number])[] = [
  ['Latency (s)', 'latency_ms', 1000],
  ['First-Turn TTFT (s)', 'first_ttft_ms', 1000],
  ['TTFAT (s)', 'ttfat_ms', 1000],
  ['Decode TPS', 'decode_per_s', 1],
  ['Cache Hit Rate (%)', 'cached', 0.01],
  ['Eligible Cache Hit Rate (%)', 'eligible_cached', 0.01],
];

/**
 * `trace_summary.json`, a row a metric; one that nobody knows has no row, where evalscope writes 0. As there, a conversation of which
 * no turn completed is not among the traces.
 */
export function buildTraceSummary(
  { rows }: ConversationSummary,
  { conversations }: Pick<RunData, 'conversations'>,
): object {
  return {
    n_traces: conversations.filter(({ completed }) => completed > 0).length,
    rows: NAMES.flatMap(([metric, number, scale]) => {
      const row = rows.find((candidate) => candidate.number === number);
      if (row === undefined) return [];
      const { mean, min, p50, p90, p95, p99, max } = row;
      const scaled = Object.entries({ mean, min, p50, p90, p95, p99, max }).map(([key, value]) => [key, value / scale]);
      return [{ metric, ...Object.fromEntries(scaled) }];
    }),
  };
}
