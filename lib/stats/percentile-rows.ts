import { PERCENTILES, type PercentileRow } from './run-summary.ts';

/** A column of the percentile table: its value at a percentile, null without values. */
export type PercentileColumn = (percent: number) => number | null;

/** The columns of the percentile table, and the metric of each. Counts are whole numbers. */
const COLUMNS = [
  { key: 'ttft_ms', metric: 'ttft', values: 'any' },
  { key: 'tpot_ms', metric: 'tpot', values: 'any' },
  { key: 'latency_ms', metric: 'latency', values: 'any' },
  { key: 'input_tokens', metric: 'input_tokens', values: 'whole' },
  { key: 'output_tokens', metric: 'output_tokens', values: 'whole' },
  { key: 'output_tokens_per_s', metric: 'output_speed', values: 'any' },
] as const;

/** The ten rows of the percentile table; each column is sorted on its own. */
export function buildPercentileRows(columnOf: (column: (typeof COLUMNS)[number]) => PercentileColumn): PercentileRow[] {
  const columns = COLUMNS.map((column) => [column.key, columnOf(column)] as const);
  return PERCENTILES.map((percentile) => {
    const cells = columns.map(([key, valueAt]) => [key, valueAt(percentile)]);
    return { percentile, ...Object.fromEntries(cells) } as PercentileRow;
  });
}
