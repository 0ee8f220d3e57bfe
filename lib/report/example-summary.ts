import { FAILURE_KINDS, TOKEN_SOURCES } from '../shared/failure-kinds.ts';
import { countEach } from '../stats/count-each.ts';
import type { PercentileRow, RunSummary } from '../stats/run-summary.ts';

function row(
  percentile: number,
  ttft: number,
  tpot: number,
  latency: number,
  input: number,
  output: number,
  rate: number,
): PercentileRow {
  return {
    percentile,
    ttft_ms: ttft * 1000,
    tpot_ms: tpot * 1000,
    latency_ms: latency * 1000,
    input_tokens: input,
    output_tokens: output,
    output_tokens_per_s: rate,
  };
}

/** The run that evalscope's quick start shows, as a summary: each number as its tables print it. For tests. */
export const QUICK_START_SUMMARY: RunSummary = {
  time_taken_ms: 10_739,
  concurrency: 1,
  total_requests: 15,
  completed_requests: 15,
  failed_requests: 0,
  cancelled_requests: 0,
  output_tokens_per_s: 324.059,
  requests_per_s: 1.397,
  latency_avg_ms: 696,
  ttft_avg_ms: 29,
  tpot_avg_ms: 3.09,
  input_tokens_avg: 752 / 15,
  output_tokens_avg: 232,
  after_output_avg_ms: null,
  after_output_ratio: null,
  itl_avg_ms: 3,
  chunks_avg: 232,
  expected_requests: 15,
  percentiles: [
    row(10, 0.0202, 0.0027, 0.1846, 41, 50, 270.8324),
    row(25, 0.0209, 0.0028, 0.2861, 44, 83, 290.0714),
    row(50, 0.0233, 0.0028, 0.7293, 49, 250, 335.644),
    row(66, 0.0267, 0.0029, 0.9052, 50, 308, 340.2603),
    row(75, 0.0437, 0.0029, 0.9683, 53, 325, 341.947),
    row(80, 0.0438, 0.003, 1.0799, 58, 376, 342.7985),
    row(90, 0.0439, 0.0032, 1.2474, 62, 424, 345.5268),
    row(95, 0.0463, 0.0033, 1.3038, 66, 431, 348.1648),
    row(98, 0.0463, 0.0035, 1.3038, 66, 431, 348.1648),
    row(99, 0.0463, 0.0037, 1.3038, 66, 431, 348.1648),
  ],
  percentile_method: 'index',
  itl_p50_ms: 2.8,
  itl_p99_ms: 3.7,
  itl_percentile_method: 'index',
  itl_count: 3465,
  coalesced_ratio: 0,
  input_tokens_total: 752,
  input_tokens_requests: 15,
  output_tokens_total: 3480,
  output_tokens_requests: 15,
  cached_tokens_total: null,
  failures: countEach(FAILURE_KINDS, () => 0),
  token_sources: countEach(TOKEN_SOURCES, (source) => (source === 'usage' ? 15 : 0)),
  finish_reasons: {},
  answer_notes: [],
  ttft_rule: 'first-chunk',
  stream: true,
  client_lag_p50_ms: null,
  client_lag_p99_ms: null,
  client_lag_max_ms: null,
  late_p99_ms: null,
  clock_step_requests: 0,
  dropped_iterations: 0,
};

/** Where the quick start's records lie. */
export const QUICK_START_DB = './outputs/20241216_194204/qwen2.5/benchmark_data.db';
