import type { RequestRecord } from '../measure/request-record.ts';
import type { Milliseconds } from '../shared/units.ts';

/** A larger share of the latency is worth a row: whoever reads latency for the time of the answer is wrong by it. */
export const LARGE_AFTER_OUTPUT = 0.05;

/**
 * What lies between the last output of a request and the end of its latency: usage, or a filter's verdict, that a server
 * sends late. null where either is not known.
 */
export function computeAfterOutput({ latency_ms, last_output_ms }: RequestRecord): Milliseconds | null {
  return latency_ms === null || last_output_ms === null ? null : latency_ms - last_output_ms;
}
