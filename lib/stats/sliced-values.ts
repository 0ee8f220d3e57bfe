import { hasTimings } from '../metrics/metric.ts';
import { POOLED, type StatisticMetricName } from '../metrics/request-metrics.ts';
import { listRequests, type RunData } from './run-data.ts';
import type { TimeSlices } from './time-slices.ts';
import type { SlicedValues } from './value-bins.ts';

/** The values of a metric, and how many requests have any. */
export interface SampleValues extends SlicedValues {
  readonly requests: number;
}

/** A column in the order in which the requests ended. */
export function inOrderOfEnd(data: RunData, column: Float64Array): Float64Array {
  return Float64Array.from(data.byEnd(), (request) => column[request] as number);
}

/** Every value of a metric with its slice; of ITL every gap, in the slice of its request. */
export function sliceValues(data: RunData, slices: TimeSlices, metric: StatisticMetricName): SampleValues {
  if (metric === POOLED.name) return sliceGaps(data, slices);
  const column = inOrderOfEnd(data, data.values(metric));
  const values = column.filter((value) => !Number.isNaN(value));
  const sliceOf = new Uint16Array(values.length);
  let kept = 0;
  for (let i = 0; i < data.count; i++) if (!Number.isNaN(column[i])) sliceOf[kept++] = slices.of(i);
  return { values, slices: sliceOf, requests: values.length };
}

/** Gaps of one request hang together, so they get one slice and come, or do not come, together. */
function sliceGaps(data: RunData, slices: TimeSlices): SampleValues {
  const { starts } = data.gaps;
  const placeOf = new Uint32Array(data.count);
  data.byEnd().forEach((request, place) => {
    placeOf[request] = place;
  });
  const timed = listRequests(data, hasTimings);
  const values = copyGaps(data, timed);
  const sliceOf = new Uint16Array(values.length);
  let length = 0;
  let requests = 0;
  for (const request of timed) {
    const own = (starts[request + 1] as number) - (starts[request] as number);
    sliceOf.fill(slices.of(placeOf[request] as number), length, length + own);
    length += own;
    if (own > 0) requests += 1;
  }
  return { values, slices: sliceOf, requests };
}

/** The gaps of these requests, with seven digits, which halves what resampling looks through. */
export function copyGaps({ gaps: { values, perMs, starts } }: RunData, requests: Uint32Array): Float32Array {
  const length = requests.reduce((sum, i) => sum + (starts[i + 1] as number) - (starts[i] as number), 0);
  const copy = new Float32Array(length);
  let kept = 0;
  for (const request of requests) {
    const end = starts[request + 1] as number;
    for (let i = starts[request] as number; i < end; i++) copy[kept++] = (values[i] as number) / perMs;
  }
  return copy;
}
