import { hasTimings } from '../metrics/metric.ts';
import { POOLED, type StatisticMetricName } from '../metrics/request-metrics.ts';
import { pickValues, type RunData, testLabels } from './run-data.ts';
import type { SortedValues } from './sorted-values.ts';
import type { TimeSlices } from './time-slices.ts';

/** The values of a metric, each in a slice of time. */
export interface SlicedValues {
  readonly sorted: SortedValues;
  /** Requests that have any. */
  readonly requests: number;
  /** Calls with values that lie in one slice: those of a list between two places, which the next call may overwrite. */
  each(visit: (values: Float64Array, from: number, to: number, slice: number) => void): void;
}

/** A column in the order in which the requests ended. */
export function inOrderOfEnd(data: RunData, column: Float64Array): Float64Array {
  return pickValues(column, data.byEnd());
}

/** Every value of a metric with its slice; of ITL every gap, in the slice of its request. */
export function sliceValues(data: RunData, slices: TimeSlices, metric: StatisticMetricName): SlicedValues {
  const sorted = data.sorted(metric);
  return metric === POOLED.name
    ? { sorted, ...sliceGaps(data, slices) }
    : { sorted, requests: sorted.length, each: sliceColumn(inOrderOfEnd(data, data.values(metric)), slices) };
}

/** @param column in the order in which requests ended; NaN is not a value */
export function sliceColumn(column: Float64Array, slices: TimeSlices): SlicedValues['each'] {
  return (visit) => {
    for (let i = 0; i < column.length; i++) if (!Number.isNaN(column[i])) visit(column, i, i + 1, slices.of(i));
  };
}

/** Gaps of one request hang together, so they get one slice and come, or do not come, together. */
function sliceGaps(data: RunData, slices: TimeSlices): Pick<SlicedValues, 'requests' | 'each'> {
  const { gaps } = data;
  const isTimed = testLabels(data, hasTimings);
  const hasGaps = (request: number): boolean => (gaps.counts[request] as number) > 0 && isTimed(request);
  return {
    requests: data.byEnd().filter(hasGaps).length,
    each(visit) {
      data.byEnd().forEach((request, place) => {
        if (!hasGaps(request)) return;
        const own = gaps.of(request);
        visit(own, 0, own.length, slices.of(place));
      });
    },
  };
}
