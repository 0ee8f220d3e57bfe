import { toSeconds } from '../shared/units.ts';
import { type Cell, countCell, floatCell, textCell } from './cell.ts';

/*
 * Our numbers under evalscope's names: those of its quick start, and those it has written since April 2026, as of version
 * 1.14 (`perf/utils/perf_constants.py`, `perf/utils/perf_models.py`). Rows are in evalscope's order, which differs between
 * the two; apart, so that a k6 script holds those of the quick start alone.
 */

/** evalscope's key, our number, the unit it is shown in (ours are milliseconds), and the digits after the point; null: a count. */
type Name<N extends string = string> = readonly [key: string, number: N, unit: 's' | 'ms' | '', digits: number | null];

/** `benchmark_summary.json` and the first table of the quick start. */
export const QUICK_START_SUMMARY = [
  ['Time taken for tests (s)', 'time_taken_ms', 's', 3],
  ['Number of concurrency', 'concurrency', '', null],
  ['Total requests', 'total_requests', '', null],
  ['Succeed requests', 'completed_requests', '', null],
  ['Failed requests', 'failed_requests', '', null],
  ['Throughput(average tokens/s)', 'output_tokens_per_s', '', 3],
  ['Average QPS', 'requests_per_s', '', 3],
  ['Average latency (s)', 'latency_avg_ms', 's', 3],
  ['Average time to first token (s)', 'ttft_avg_ms', 's', 3],
  ['Average time per output token (s)', 'tpot_avg_ms', 's', 5],
  ['Average input tokens per request', 'input_tokens_avg', '', 3],
  ['Average output tokens per request', 'output_tokens_avg', '', 3],
  ['Average package latency (s)', 'itl_avg_ms', 's', 3],
  ['Average package per request', 'chunks_avg', '', 3],
  ['Expected number of requests', 'expected_requests', '', null],
  ['Result DB path', 'db_path', '', null],
] as const satisfies readonly Name[];

/** `benchmark_percentile.json` and the second table of the quick start. */
export const QUICK_START_PERCENTILES = [
  ['Percentile', 'label', '', null],
  ['TTFT (s)', 'ttft_ms', 's', 4],
  ['TPOT (s)', 'tpot_ms', 's', 4],
  ['Latency (s)', 'latency_ms', 's', 4],
  ['Input tokens', 'input_tokens', '', null],
  ['Output tokens', 'output_tokens', '', null],
  ['Throughput(tokens/s)', 'output_tokens_per_s', '', 4],
] as const satisfies readonly Name[];

/** The numbers of generation, which a run of embeddings or rerank has none of. */
export const GENERATION: readonly string[] = [
  ...['output_tokens_per_s', 'ttft_avg_ms', 'tpot_avg_ms', 'output_tokens_avg', 'itl_avg_ms', 'chunks_avg'],
  ...['ttft_ms', 'tpot_ms', 'output_tokens'],
];

/** What it has in their place; evalscope's quick start knows no such run. */
export const INPUTS_SUMMARY = [
  ['Average inputs per request', 'inputs_avg', '', 3],
  ['Inputs per second', 'inputs_per_s', '', 3],
  ['Input tokens per second', 'input_tokens_per_s', '', 3],
] as const satisfies readonly Name[];

/** `benchmark_summary.json` of 1.14. */
export const SUMMARY_1_14 = [
  ['Test Duration (s)', 'time_taken_ms', 's', 4],
  ['Concurrency', 'concurrency', '', null],
  ['Request Rate (req/s)', 'request_rate', '', null],
  ['Total Requests', 'total_requests', '', null],
  ['Success Requests', 'completed_requests', '', null],
  ['Failed Requests', 'failed_requests', '', null],
  ['Stream Requests', 'stream_requests', '', null],
  ['Non-Stream Requests', 'plain_requests', '', null],
  ['Req Throughput (req/s)', 'requests_per_s', '', 4],
  ['Avg Latency (s)', 'latency_avg_ms', 's', 4],
  ['Avg Input Tokens', 'input_tokens_avg', '', 4],
  ['Output Throughput (tok/s)', 'output_tokens_per_s', '', 4],
  ['Total Throughput (tok/s)', 'total_tokens_per_s', '', 4],
  ['Avg TTFT (ms)', 'ttft_avg_ms', 'ms', 2],
  ['Avg TPOT (ms)', 'tpot_avg_ms', 'ms', 2],
  ['Avg ITL (ms)', 'itl_avg_ms', 'ms', 2],
  ['Avg Steady ITL (ms)', 'steady_itl_avg_ms', 'ms', 2],
  ['Avg PD Handoff Latency (ms)', 'hand_over_avg_ms', 'ms', 2],
  ['Avg PD Handoff Overhead (ms)', 'hand_over_overhead_avg_ms', 'ms', 2],
  ['Avg Output Tokens', 'output_tokens_avg', '', 4],
  ['Input Throughput (tok/s)', 'input_tokens_per_s', '', 4],
  ['Avg Turns/Request', 'turn_avg', '', 4],
  ['KV Cache Hit Rate (%)', 'cached_percent', '', 4],
  ['Avg First-Turn TTFT (ms)', 'first_ttft_avg_ms', 'ms', 2],
  ['Avg Subsequent-Turn TTFT (ms)', 'later_ttft_avg_ms', 'ms', 2],
] as const satisfies readonly Name[];

/** What `benchmark_summary.json` of 1.14 ends with where tokens were drafted. */
export const SPECULATION_1_14 = [
  ['Avg Decoded Tok/Iter', 'tokens_per_step', '', 4],
  ['Spec. Accept Rate', 'acceptance', '', 4],
] as const satisfies readonly Name[];

/** `benchmark_percentile.json` of 1.14. */
export const PERCENTILES_1_14 = [
  ['Percentiles', 'label', '', null],
  ['Latency (s)', 'latency', 's', 2],
  ['TTFT (ms)', 'ttft', 'ms', 2],
  ['ITL (ms)', 'itl', 'ms', 2],
  ['Steady ITL (ms)', 'steady_itl', 'ms', 2],
  ['PD Handoff Latency (ms)', 'hand_over', 'ms', 2],
  ['PD Handoff Overhead (ms)', 'hand_over_overhead', 'ms', 2],
  ['TPOT (ms)', 'tpot', 'ms', 2],
  ['Input tokens', 'input_tokens', '', 2],
  ['Output tokens', 'output_tokens', '', 2],
  ['Output (tok/s)', 'output_speed', '', 2],
  ['Total (tok/s)', 'total_speed', '', 2],
  ['Decode (tok/s)', 'decode_speed', '', 2],
] as const satisfies readonly Name[];

/** Values as they are shown and written, under evalscope's keys. */
export function listCells<N extends string>(
  names: readonly Name<N>[],
  numbers: Readonly<Record<N, number | string | null>>,
): (readonly [key: string, Cell])[] {
  return names.map(([key, number, unit, digits]) => [key, toCell(numbers[number], unit, digits)]);
}

function toCell(value: number | string | null, unit: Name[2], digits: number | null): Cell {
  if (typeof value === 'string') return textCell(value);
  const shown = unit === 's' ? toSeconds(value) : value;
  return digits === null ? countCell(shown) : floatCell(shown, digits);
}
