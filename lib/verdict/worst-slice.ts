import type { Gate } from '../conditions/gates.ts';
import type { Operator } from '../conditions/operators.ts';
import { computeStatistic } from '../conditions/statistics.ts';
import { STATISTIC_METRICS, type StatisticMetricName } from '../metrics/request-metrics.ts';
import { formatCount } from '../shared/format-count.ts';
import type { Milliseconds } from '../shared/units.ts';
import type { Percentile } from '../stats/percentile-rule.ts';
import { type LabelFilter, type RunData, testLabels } from '../stats/run-data.ts';
import { createSliceSorter, cutByStart } from '../stats/run-slices.ts';

/** A statistic in each slice of a run. */
export interface SliceValues {
  /** In which requests were sent. */
  readonly slices: number;
  /** Of those in which a request has the number, in the order of time. */
  readonly values: readonly number[];
}

/** What is asked of each slice. */
export type SliceMeasure = Extract<Gate['measure'], { type: 'statistic' }>;

export function readSlices(
  run: RunData,
  { metric, parameter, statistic }: SliceMeasure,
  isMeant: LabelFilter,
  { percentile, sliceMs }: { readonly percentile: Percentile; readonly sliceMs: Milliseconds },
): SliceValues {
  const isSent = testLabels(run, isMeant);
  const sort = createSliceSorter(run, metric, { parameter, isMeant });
  const found = cutByStart(run, sliceMs)
    .filter(({ requests }) => requests.some(isSent))
    .map((slice) => computeStatistic(sort(slice), statistic, percentile));
  return { slices: found.length, values: found.filter((value) => value !== null) };
}

/** What a worst slice leaves out; null where it leaves nothing out. */
export function describeEmptySlices(slices: number, values: number): string | null {
  if (values === slices) return null;
  const without = slices - values;
  return `${without} of ${formatCount(slices, 'slice')} ${without === 1 ? 'has' : 'have'} no value: no request that was sent in ${without === 1 ? 'it' : 'them'} has this number`;
}

/**
 * The one that decides: a gate on the worst slice holds where it holds of every slice. Where that is a matter of neither more nor
 * less, the smallest where more is better, else the largest.
 */
export function findWorst(values: readonly number[], operator: Operator, metric: StatisticMetricName): number | null {
  if (values.length === 0) return null;
  const better = STATISTIC_METRICS.find(({ name }) => name === metric)?.better;
  const isLow = operator.startsWith('>') || (!operator.startsWith('<') && better === 'higher');
  // Not as arguments: there may be ten thousand slices.
  return values.reduce((worst, value) => (isLow ? Math.min(worst, value) : Math.max(worst, value)));
}
