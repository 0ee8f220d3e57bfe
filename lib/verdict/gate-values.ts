import type { GoodputMeasure } from '../conditions/gate-names.ts';
import type { RequestLimit } from '../conditions/gates.ts';
import { computeStatistic, type PercentileFunction, type Statistic } from '../conditions/statistics.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import type { StatisticMetricName } from '../metrics/request-metrics.ts';
import { meetsLimits, readRequestValue } from './request-values.ts';
import type { RunFacts } from './run-tally.ts';

/** Collects the values of one metric. */
export interface ValueList {
  add(record: RequestRecord): void;
  /** @returns Infinity where a failed request is the answer; null without values */
  read(statistic: Statistic, percentile: PercentileFunction, unfinished: number): number | null;
}

/**
 * The values of a metric over requests, or, with `adjusted`, what someone who sent all these requests waited for:
 * failed requests took for ever, and the wait before a late start is part of the time.
 */
export function createValueList(metric: StatisticMetricName, adjusted: boolean): ValueList {
  const values: number[] = [];
  let sorted: Float64Array | null = null;
  let failures = 0;

  function push(value: number | null): void {
    if (value !== null) values.push(value);
  }

  return {
    add(record) {
      sorted = null;
      if (metric === 'itl') {
        if (record.outcome === 'completed' && record.clock_steps === undefined) record.chunk_gaps_ms.forEach(push);
      } else if (!adjusted) {
        push(readRequestValue(record, metric));
      } else if (record.outcome === 'failed') {
        failures += 1;
      } else {
        const value = readRequestValue(record, metric);
        push(value === null ? null : value + Math.max(0, record.late_ms ?? 0));
      }
    },
    read(statistic, percentile, unfinished) {
      sorted ??= Float64Array.from(values).sort();
      if (!adjusted) return computeStatistic(sorted, statistic, percentile);
      const all = new Float64Array(sorted.length + failures + unfinished).fill(Number.POSITIVE_INFINITY);
      all.set(sorted);
      const value = computeStatistic(all, statistic, percentile);
      // Between two infinite values, interpolation gives no number.
      return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
    },
  };
}

/** Counts the requests that complete and meet all limits at once. */
export interface GoodputCounter {
  add(record: RequestRecord): void;
  read(measure: GoodputMeasure, facts: RunFacts): number | null;
}

export function createGoodputCounter(limits: readonly RequestLimit[]): GoodputCounter {
  let finished = 0;
  let good = 0;
  let goodTokens = 0;
  let uncounted = 0;
  return {
    add(record) {
      if (record.outcome === 'cancelled') return;
      finished += 1;
      if (!meetsLimits(record, limits)) return;
      good += 1;
      goodTokens += record.output_tokens ?? 0;
      if (record.output_tokens === null) uncounted += 1;
    },
    read(measure, { timeTakenMs, unfinished }) {
      const sent = finished + unfinished;
      if (measure === 'goodput') return sent === 0 ? null : good / sent;
      if (finished === 0 || timeTakenMs === null || timeTakenMs <= 0) return null;
      if (measure === 'goodput_tokens_per_s' && good > 0 && uncounted === good) return null;
      return ((measure === 'goodput_per_s' ? good : goodTokens) / timeTakenMs) * 1000;
    },
  };
}
