import { TIMING_METRICS, type TimingMetric } from './run-metrics.ts';
import type { RunSample } from './run-sample.ts';
import type { TimeSlices } from './time-slices.ts';
import type { SlicedValues } from './value-bins.ts';

/** The values of a metric, and how many requests have any. */
export interface SampleValues extends SlicedValues {
  readonly requests: number;
}

/** Every value of a metric with its slice; of ITL every gap, in the slice of its request. */
export function selectValues(sample: RunSample, slices: TimeSlices, metric: TimingMetric): SampleValues {
  const name = TIMING_METRICS.find((known) => known.name === metric)?.column ?? null;
  if (name === null) return selectGaps(sample, slices);
  const column = sample[name];
  const values = column.filter((value) => !Number.isNaN(value));
  const sliceOf = new Uint16Array(values.length);
  let kept = 0;
  for (let i = 0; i < sample.count; i++) if (!Number.isNaN(column[i])) sliceOf[kept++] = slices.of(i);
  return { values, slices: sliceOf, requests: values.length };
}

/** Gaps of one request hang together, so they get one slice and come, or do not come, together. */
function selectGaps({ count, gaps, gapsFrom, gapsTo }: RunSample, slices: TimeSlices): SampleValues {
  const sliceOf = new Uint16Array(gaps.length);
  let requests = 0;
  for (let i = 0; i < count; i++) {
    const from = gapsFrom[i] as number;
    const to = gapsTo[i] as number;
    sliceOf.fill(slices.of(i), from, to);
    if (to > from) requests += 1;
  }
  return { values: gaps, slices: sliceOf, requests };
}
