import type { Milliseconds } from '../shared/units.ts';

/**
 * How many per second: `count / time`.
 *
 * Three numbers of the tables are this: "Throughput(average tokens/s)" is output tokens of completed requests over the
 * time taken, "Average QPS" completed requests over the time taken, and the percentile table's throughput the output
 * tokens of one request over its latency.
 * @returns per second; null without a count, and where the time is not above zero
 */
export function computeRate(count: number | null, time: Milliseconds | null): number | null {
  return count === null || time === null || time <= 0 ? null : (count / time) * 1000;
}
