import { floatCell, formatCell } from '../../evalscope/cell.ts';
import { formatCount } from '../../shared/format-count.ts';
import type { ConversationRow, ConversationSummary, TurnRow } from '../../stats/conversation-summary.ts';
import type { ConversationNumber } from '../../stats/conversations.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { type Column, percent, renderColumnTable } from './column-table.ts';
import { renderGridTable } from './grid-table.ts';

/** What a number of conversations is called, and by what it is divided to be shown. */
const TITLES: Readonly<Record<ConversationNumber, readonly [title: string, scale: number]>> = {
  latency_ms: ['Latency (s)', 1000],
  first_ttft_ms: ['First-turn TTFT (s)', 1000],
  ttfat_ms: ['TTFAT (s)', 1000],
  decode_per_s: ['Decode tokens/s', 1],
  cached: ['Cache hit rate (%)', 0.01],
  eligible_cached: ['Eligible cache hit rate (%)', 0.01],
};

const STATISTICS = ['mean', 'p50', 'p90', 'p99', 'max'] as const satisfies readonly (keyof ConversationRow)[];

/** Name of the turns of a row: `2`, or `10 on`. */
function nameTurns({ from, to }: Pick<TurnRow, 'from' | 'to'>): string {
  return to === null ? `${from} on` : String(from);
}

function format(value: number | null, digits: number): string {
  return formatCell(floatCell(value, digits));
}

const TURN_COLUMNS: readonly Column<TurnRow>[] = [
  { header: ['Turn', ''], cell: nameTurns },
  { header: ['Requests', ''], cell: ({ requests }) => String(requests) },
  { header: ['Com-', 'pleted'], cell: ({ completed }) => String(completed) },
  { header: ['TTFT', 'mean ms'], cell: ({ ttft_avg_ms }) => format(ttft_avg_ms, 1) },
  { header: ['p50', 'ms'], cell: ({ ttft_p50_ms }) => format(ttft_p50_ms, 1) },
  { header: ['p99', 'ms'], cell: ({ ttft_p99_ms }) => format(ttft_p99_ms, 1) },
  { header: ['Latency', 'ms'], cell: ({ latency_avg_ms }) => format(latency_avg_ms, 1) },
  { header: ['Input', 'tokens'], cell: ({ input_tokens_avg }) => format(input_tokens_avg, 1) },
  { header: ['Output', 'tokens'], cell: ({ output_tokens_avg }) => format(output_tokens_avg, 1) },
  { header: ['Cached', 'share'], cell: ({ cached }) => percent(cached) },
];

/** The tables of a run of conversations, by turn and by conversation; nothing for one of prompts of their own. */
export function describeConversations({ conversations }: RunSummary, columns?: number): string[] {
  if (conversations === null) return [];
  const rows = conversations.rows.map((row) => {
    const [title, scale] = TITLES[row.number];
    return [title, ...STATISTICS.map((statistic) => format(row[statistic] / scale, 3))];
  });
  return [
    'By turn: ',
    renderColumnTable(TURN_COLUMNS, conversations.turns, columns),
    '',
    `By conversation: ${countConversations(conversations)}`,
    ...(rows.length === 0 ? [] : [renderGridTable({ headers: ['Metric', ...STATISTICS], rows }, columns)]),
    '',
  ];
}

/** `6 conversations, 5 of them to their end, 2.33 turns each, 1 turn abandoned` */
function countConversations({ conversations, completed, turns_avg, abandoned_turns }: ConversationSummary): string {
  const abandoned = abandoned_turns === 0 ? [] : [`${formatCount(abandoned_turns, 'turn')} abandoned`];
  return [
    formatCount(conversations, 'conversation'),
    `${completed} to the end`,
    `${format(turns_avg, 2)} turns each`,
    ...abandoned,
  ].join(', ');
}
