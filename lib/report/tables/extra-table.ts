import { type Cell, countCell, floatCell, formatCell, formatPercent, textCell } from '../../evalscope/cell.ts';
import type { AppliedTtftRule } from '../../measure/request-record.ts';
import { LARGE_AFTER_OUTPUT } from '../../metrics/after-output.ts';
import { STATISTIC_METRICS, summaryKey } from '../../metrics/request-metrics.ts';
import { escapeText } from '../../shared/escape-text.ts';
import { FAILURE_KINDS, TOKEN_SOURCES } from '../../shared/failure-kinds.ts';
import type { RunSummary } from '../../stats/run-summary.ts';
import { renderGridTable } from './grid-table.ts';

/** What TTFT was measured to. */
const TTFT_RULE_TEXTS: Readonly<Record<AppliedTtftRule, string>> = {
  'first-output': 'first-output: first chunk with text, reasoning or a tool call',
  'first-chunk': "first-chunk: first event with choices, evalscope's quick start",
  content: 'content: first visible answer text',
  'first-byte': 'first-byte: first byte of the response, no chunks are seen',
};

const TOKEN_SOURCE_TEXTS = {
  usage: "the server's usage",
  tokenizer: 'a tokenizer',
  chunks: 'the number of chunks, a guess',
} as const satisfies Record<(typeof TOKEN_SOURCES)[number], string>;

/** `the server's usage`, or, where requests differ, `the server's usage (14), the number of chunks, a guess (1)`. */
export function describeTokenSources(summary: RunSummary): string | null {
  const used = TOKEN_SOURCES.filter((source) => summary.token_sources[source] > 0);
  const withoutCount =
    summary.completed_requests - used.reduce((sum, source) => sum + summary.token_sources[source], 0);
  if (used.length === 1 && withoutCount === 0) return TOKEN_SOURCE_TEXTS[used[0] as (typeof used)[number]];
  const parts = used.map((source) => `${TOKEN_SOURCE_TEXTS[source]} (${summary.token_sources[source]})`);
  if (withoutCount > 0) parts.push(`unknown (${withoutCount})`);
  return parts.length === 0 ? null : parts.join(', ');
}

/** `stop 12, length 3`; no row where no request told one. */
function finishReasonRows({ finish_reasons }: RunSummary): (readonly [string, Cell])[] {
  const parts = Object.entries(finish_reasons).map(([reason, requests]) => `${escapeText(reason)} ${requests}`);
  return parts.length === 0 ? [] : [['Finish reasons', textCell(parts.join(', '))]];
}

/** Only where it is large: else latency is the time of the answer, as every reader takes it. */
function afterOutputRows({ after_output_avg_ms, after_output_ratio }: RunSummary): (readonly [string, Cell])[] {
  if (after_output_ratio === null || after_output_ratio <= LARGE_AFTER_OUTPUT) return [];
  return [['Latency after the last output (ms)', floatCell(after_output_avg_ms, 3)]];
}

/** As tools measure them that keep their connections; no rows where nobody says what connecting took. */
function connectingRows({ connecting }: RunSummary): (readonly [string, Cell])[] {
  if (connecting === null) return [];
  const { plus_minus_ms: margin, connect_ms } = connecting;
  const cell = (value: number): Cell => {
    const shown = floatCell(value, 3);
    return margin === null ? shown : textCell(`${formatCell(shown)} ± ${formatCell(floatCell(margin, 3))}`);
  };
  const [ttft, latency] = [listTimes(connecting, 'ttft_'), listTimes(connecting, 'latency_')];
  return [['Connecting (ms)', cell(connect_ms)], ...timeRows('without connecting', ttft, latency, cell)];
}

type Times<Metric extends string> = Readonly<Record<`${Metric}${'avg' | 'p50' | 'p99'}_ms`, number | null>>;

/** Mean, p50 and p99, from the names that begin with `metric`. */
function listTimes<const Metric extends string>(times: Times<Metric>, metric: Metric): (number | null)[] {
  return (['avg', 'p50', 'p99'] as const).map((statistic) => times[`${metric}${statistic}_ms`]);
}

/** Mean, p50 and p99 of TTFT and of latency, which are taken another way; only those that are known. */
function timeRows(
  how: string,
  ttft: readonly (number | null)[],
  latency: readonly (number | null)[],
  cell = timeCell,
): (readonly [string, Cell])[] {
  const rowsOf = (metric: string, values: readonly (number | null)[]): (readonly [string, Cell])[] =>
    values.flatMap((value, index) =>
      value === null ? [] : [[`${metric} ${how}, ${['mean', 'p50', 'p99'][index]} (ms)`, cell(value)] as const],
    );
  return [...rowsOf('TTFT', ttft), ...rowsOf('Latency', latency)];
}

function timeCell(value: number): Cell {
  return floatCell(value, 3);
}

/** Only of an open loop, and only what is known of it. */
function openLoopRows({ open_loop }: RunSummary): (readonly [string, Cell])[] {
  if (open_loop === null) return [];
  const { scheduled_per_s, achieved_per_s, queued_p99_ms, peak_in_flight, ttft, latency } = open_loop;
  const rows = [
    ['Rate by the schedule (requests/s)', floatCell(scheduled_per_s, 3), scheduled_per_s],
    ['Rate achieved (requests/s)', floatCell(achieved_per_s, 3), achieved_per_s],
    ['Peak of requests under way', countCell(peak_in_flight), peak_in_flight],
    ['Wait in the client, p99 (ms)', floatCell(queued_p99_ms, 3), queued_p99_ms],
  ] as const;
  const known = rows.flatMap(([key, cell, value]) => (value === null ? [] : [[key, cell] as const]));
  return [...known, ...timeRows('from the schedule', listTimes(ttft, ''), listTimes(latency, ''))];
}

/** What users who left had of it, in rows apart; none where nobody left. */
function cancelledRows({ cancelled, cancelled_requests }: RunSummary): (readonly [string, Cell])[] {
  if (cancelled === null) return [];
  return [
    ['Cancelled on purpose', countCell(cancelled_requests)],
    ['Output tokens of cancelled requests', countCell(cancelled.output_tokens)],
    ...timeRows('of cancelled requests', listTimes(cancelled, 'ttft_'), []),
  ];
}

/** The light user beside the load, who is in no other row. */
function probeRows({ probe }: RunSummary): (readonly [string, Cell])[] {
  if (probe === null) return [];
  const counted = (key: string, count: number): readonly [string, Cell] => [key, countCell(count)];
  return [
    counted('Probe: requests', probe.requests),
    ...(probe.failed_requests === 0 ? [] : [counted('Probe: failed', probe.failed_requests)]),
    ...timeRows('of the probe', listTimes(probe, 'ttft_'), listTimes(probe, 'latency_')),
  ];
}

/** What the table of metrics has shown here. */
function metricRows(summary: RunSummary): (readonly [string, Cell])[] {
  return STATISTIC_METRICS.flatMap((metric) =>
    (metric.shownRows ?? []).map(([statistic, title]) => {
      const value = summary[summaryKey(metric, statistic)];
      return [title, metric.unit === 'share' ? percentCell(value) : floatCell(value, 3)] as const;
    }),
  );
}

function percentCell(ratio: number | null): Cell {
  return textCell(ratio === null ? null : formatPercent(ratio));
}

/** Of the third table the rows that a flag asked for, where the table itself is not shown; no lines without any. */
export function describeAskedRows(summary: RunSummary, columns?: number): string[] {
  const rows = [...probeRows(summary), ...cancelledRows(summary)];
  return rows.length === 0 ? [] : ['Further results: ', renderRows(rows, columns), ''];
}

function renderRows(rows: readonly (readonly [string, Cell])[], columns: number | undefined): string {
  return renderGridTable(
    { headers: ['Key', 'Value'], rows: rows.map(([key, cell]) => [key, formatCell(cell)]) },
    columns,
  );
}

/** What evalscope's tables do not show; only failure kinds that occurred have a row. */
function buildExtraRows(summary: RunSummary): (readonly [string, Cell])[] {
  const failures = FAILURE_KINDS.filter((kind) => summary.failures[kind] > 0);
  const ofGeneration = (...rows: (readonly [string, Cell])[]) => (summary.inputs === null ? rows : []);
  return [
    ...ofGeneration(
      ['Inter-token latency, mean (ms)', floatCell(summary.itl_avg_ms, 3)],
      ['Inter-token latency, p50 (ms)', floatCell(summary.itl_p50_ms, 3)],
      ['Inter-token latency, p99 (ms)', floatCell(summary.itl_p99_ms, 3)],
      ['Chunks that arrived together', percentCell(summary.coalesced_ratio)],
    ),
    ...connectingRows(summary),
    ...openLoopRows(summary),
    ...probeRows(summary),
    ...failures.map((kind) => [`Failed: ${kind}`, countCell(summary.failures[kind])] as const),
    ...cancelledRows(summary),
    ...afterOutputRows(summary),
    ...finishReasonRows(summary),
    ...ofGeneration(
      ['Output tokens counted by', textCell(describeTokenSources(summary))],
      ['TTFT measured to', textCell(summary.ttft_rule === null ? null : TTFT_RULE_TEXTS[summary.ttft_rule])],
    ),
    ['Total input tokens', countCell(summary.input_tokens_total)],
    ...(summary.inputs === null
      ? [['Total output tokens', countCell(summary.output_tokens_total)] as const]
      : [['Total inputs', countCell(summary.inputs.inputs_total)] as const]),
    ['Cached input tokens', countCell(summary.cached_tokens_total)],
    ['Cached share of input tokens', percentCell(summary.cached_share)],
    ...metricRows(summary),
  ];
}

/** The third table: inter-token latency, failures by kind, and where the numbers come from. */
export function renderExtraTable(summary: RunSummary, columns?: number): string {
  return renderRows(buildExtraRows(summary), columns);
}
