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
  } else if (measure.type === 'statistic' && !measure.adjusted && !measure.worstSlice) {
    const { metric, parameter, statistic } = measure;
    const known = COMPARED_METRICS.find(({ name }) => name === metric);
    // Intervals are of the numbers that tables have.
    const isOfTables =
      parameter === (known !== undefined && 'parameter' in known ? known.parameter?.default : undefined);
    const key = isOfTables ? known?.key : undefined;
    const name = statistic.method === 'percentile' ? `p${statistic.percentile}` : 'mean';
    const isMeant = statistic.method === 'percentile' || statistic.method === 'avg';
    const numbers: Readonly<Record<string, IntervalNumber>> = key === undefined ? {} : intervals.timings[key];
    found = isMeant ? ownValue(numbers, name) : undefined;
  }
  return found === undefined || found.low === null || found.high === null ? null : { low: found.low, high: found.high };
}
