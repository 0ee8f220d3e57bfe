import { PERCENTILES, type PercentileRow } from './run-summary.ts';

/** A column of the percentile table: its value at a percentile, null without values. */
export type PercentileColumn = (percent: number) => number | null;

/** The columns of the percentile table. */
export interface PercentileColumns {
  readonly ttft: PercentileColumn;
  readonly tpot: PercentileColumn;
  readonly latency: PercentileColumn;
  readonly inputTokens: PercentileColumn;
  readonly outputTokens: PercentileColumn;
  readonly throughput: PercentileColumn;
}

/** The ten rows of the percentile table; each column is ordered for itself. */
export function buildPercentileRows(columns: PercentileColumns): PercentileRow[] {
  return PERCENTILES.map((percentile) => ({
    percentile,
    ttft_ms: columns.ttft(percentile),
    tpot_ms: columns.tpot(percentile),
    latency_ms: columns.latency(percentile),
    input_tokens: columns.inputTokens(percentile),
    output_tokens: columns.outputTokens(percentile),
    output_tokens_per_s: columns.throughput(percentile),
  }));
}
