import { COMPARED_METRICS } from '../metrics/request-metrics.ts';
import { COMPARED_RUN_METRICS } from '../metrics/run-metrics.ts';
import { divide } from '../shared/divide.ts';
import { expandedInterval } from './confidence-interval.ts';
import type { PercentileRule } from './percentile-rule.ts';
import { DEFAULT_RESAMPLING, type ResampleOptions, resampleRun } from './resample-run.ts';
import type { ResampledNumber } from './resampled-number.ts';
import type { RunData } from './run-data.ts';
import { SHOWN_PERCENTILES, type TimingTable } from './shown-statistics.ts';

/**
 * A number of a run with the interval in which it lies with 95 % confidence, as far as this one run can tell.
 *
 * `too-few`: there is no interval, since the run has too few requests, or too few that do not hang together, as `lacks`
 * says. `no-value`: nothing was measured.
 */
export interface IntervalNumber {
  readonly state: 'ok' | 'too-few' | 'no-value';
  /** null unless `too-few`. */
  readonly lacks: 'requests' | 'independence' | null;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Mean length of the blocks that were resampled: about how many requests in a row hang together. */
  readonly block_requests: number | null;
}

/** What `summary.json` holds under `intervals`. */
export interface RunIntervals {
  readonly confidence: 0.95;
  readonly method: 'stationary block bootstrap over time slices, expanded percentile interval';
  readonly replicates: number;
  readonly seed: number;
  readonly slices: number;
  /** By metric (`ttft_ms`, …) and statistic (`mean`, `p99`, …). */
  readonly timings: TimingTable<IntervalNumber>;
  readonly requests_per_s: IntervalNumber;
  readonly output_tokens_per_s: IntervalNumber;
  readonly success_ratio: IntervalNumber;
  /** Chunks that carry output over output tokens, of the requests that have both; null without any. */
  readonly chunks_per_token: number | null;
}

/** The numbers of a run with 95 % intervals out of that run alone. */
export function estimateRunIntervals(
  data: RunData,
  percentileRule: PercentileRule,
  resampling: Pick<ResampleOptions, 'seed' | 'replicates'> = DEFAULT_RESAMPLING,
): RunIntervals {
  const run = resampleRun(data, { ...resampling, percentileRule, percentiles: SHOWN_PERCENTILES });
  const describe = (number: ResampledNumber | null | undefined): IntervalNumber => describeNumber(number, data.count);
  const timings = COMPARED_METRICS.map((metric) => {
    const { name, key } = metric;
    // The estimate of connecting is off by its own, whatever the requests.
    const margin = 'withConnecting' in metric ? (data.connecting?.plus_minus_ms ?? 0) : 0;
    const numbers = Object.entries(run.timings[name]).map(([statistic, number]) => [
      statistic,
      widen(describe(number), margin),
    ]);
    return [key, Object.fromEntries(numbers)];
  });
  const rates = COMPARED_RUN_METRICS.map(({ name, key }) => [key, describe(run.rates[name])]);
  return {
    confidence: 0.95,
    method: 'stationary block bootstrap over time slices, expanded percentile interval',
    replicates: resampling.replicates,
    seed: resampling.seed,
    slices: run.slices,
    timings: Object.fromEntries(timings) as TimingTable<IntervalNumber>,
    ...(Object.fromEntries(rates) as Pick<RunIntervals, 'requests_per_s' | 'output_tokens_per_s' | 'success_ratio'>),
    chunks_per_token: computeChunksPerToken(data),
  };
}

function describeNumber(number: ResampledNumber | null | undefined, requests: number): IntervalNumber {
  if (number === null || number === undefined)
    return { state: 'no-value', lacks: null, value: null, low: null, high: null, block_requests: null };
  const { value, replicates, blocks, precise, lacks = 'requests' } = number;
  const block_requests = (number.blockLength * requests) / number.slices;
  if (!precise) return { state: 'too-few', lacks, value, low: null, high: null, block_requests };
  const { low, high } = expandedInterval(replicates, blocks);
  // A share of 0 or 1 lies just outside of what the posterior gives.
  return { state: 'ok', lacks: null, value, low: Math.min(low, value), high: Math.max(high, value), block_requests };
}

function widen(number: IntervalNumber, margin: number): IntervalNumber {
  const { low, high } = number;
  return margin === 0 || low === null || high === null ? number : { ...number, low: low - margin, high: high + margin };
}

function computeChunksPerToken(data: RunData): number | null {
  const chunks = data.column('chunks');
  const outputTokens = data.values('output_tokens');
  let chunkTotal = 0;
  let tokenTotal = 0;
  for (let i = 0; i < data.count; i++) {
    if (Number.isNaN(chunks[i]) || Number.isNaN(outputTokens[i])) continue;
    chunkTotal += chunks[i] as number;
    tokenTotal += outputTokens[i] as number;
  }
  return divide(chunkTotal, tokenTotal);
}
