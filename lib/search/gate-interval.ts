import type { Gate } from '../conditions/gates.ts';
import { COMPARED_METRICS } from '../metrics/request-metrics.ts';
import { ownValue } from '../shared/own-value.ts';
import type { IntervalNumber, RunIntervals } from '../stats/run-intervals.ts';

/** The 95 % interval of what a gate compares, in its unit; null for a number that the report gives none. */
export function findGateInterval(
  { measure, tags }: Gate,
  intervals: RunIntervals | null,
): { readonly low: number; readonly high: number } | null {
  if (intervals === null || tags.length > 0) return null;
  let found: IntervalNumber | undefined;
  if (measure.type === 'run') {
    found = measure.measure === 'success_rate' ? intervals.success_ratio : undefined;
  } else if (measure.type === 'statistic' && !measure.adjusted) {
    const { metric, statistic } = measure;
    const key = COMPARED_METRICS.find(({ name }) => name === metric)?.key;
    const name = statistic.method === 'percentile' ? `p${statistic.percentile}` : 'mean';
    const isMeant = statistic.method === 'percentile' || statistic.method === 'avg';
    const numbers: Readonly<Record<string, IntervalNumber>> = key === undefined ? {} : intervals.timings[key];
    found = isMeant ? ownValue(numbers, name) : undefined;
  }
  return found === undefined || found.low === null || found.high === null ? null : { low: found.low, high: found.high };
}
