import type { GateOperator, RequestLimit } from '../conditions/gates.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import type { RequestMetric } from './gate-names.ts';

/**
 * One number of a request, as the tables count it: null where it has none, and for timings of a request that did not complete, or of
 * one within which the clock was set. Lateness and the client's lag belong to failed requests too.
 */
export function readRequestValue(record: RequestRecord, metric: RequestMetric): number | null {
  if (metric === 'late') return record.late_ms;
  if (metric === 'client_lag') return record.client_lag_ms ?? null;
  if (record.outcome !== 'completed') return null;
  if (metric === 'input_tokens') return record.input_tokens;
  if (metric === 'output_tokens') return record.output_tokens;
  if (record.clock_steps !== undefined) return null;
  switch (metric) {
    case 'ttft':
      return record.ttft_ms;
    case 'tpot':
      return record.tpot_ms;
    case 'latency':
      return record.latency_ms;
    case 'first_content':
      return record.first_content_ms;
    case 'max_itl':
      return findLargest(record.chunk_gaps_ms);
    case 'chunks':
      // Without events, chunks are known, but not as packages that arrived one by one.
      return record.ttft_rule === 'first-byte' ? null : record.chunks;
    case 'output_speed':
      return record.output_tokens === null || record.latency_ms === null || record.latency_ms <= 0
        ? null
        : (record.output_tokens / record.latency_ms) * 1000;
    default:
      return metric satisfies never;
  }
}

/**
 * Whether a request is good: it completed, and meets every limit at once.
 *
 * A completed answer of a single token, or in a single chunk, has no pace, so it keeps every limit on the pace (as in
 * vLLM, which takes its TPOT for 0). Any other missing number meets no limit: what was not measured is not good.
 */
export function meetsLimits(record: RequestRecord, limits: readonly RequestLimit[]): boolean {
  if (record.outcome !== 'completed') return false;
  return limits.every(({ metric, operator, limit }) => {
    const value = readRequestValue(record, metric) ?? (hasNoPace(record, metric) ? 0 : null);
    return value !== null && compareNumbers(value, operator, limit);
  });
}

function hasNoPace(record: RequestRecord, metric: RequestMetric): boolean {
  if (record.clock_steps !== undefined) return false;
  if (metric === 'tpot') return record.output_tokens !== null && record.output_tokens < 2;
  return metric === 'max_itl' && record.chunks !== null && record.chunks < 2 && record.ttft_rule !== 'first-byte';
}

export function compareNumbers(value: number, operator: GateOperator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
    default:
      return operator satisfies never;
  }
}

function findLargest(values: readonly number[]): number | null {
  let largest: number | null = null;
  for (const value of values) if (largest === null || value > largest) largest = value;
  return largest;
}
