import type { Histogram } from '../report-data.ts';
import { niceStep } from './nice-step.ts';

/** Weights on intervals: what is binned. A single value is an interval of length 0. */
export interface WeightedIntervals {
  readonly count: number;
  /** Calls with start, end and weight of each, in ascending order. */
  each(visit: (start: number, end: number, weight: number) => void): void;
}

const MOST_BINS = 48;
const FEWEST_BINS = 12;
/** Milliseconds: the resolution of a record. */
const SAME_VALUE = 0.001;
/** Rounding up multiplies by up to 2.5, so a width is taken smaller first, to be right in the middle. */
const ROUNDING = 1.6;

/**
 * Bins of equal, round width over the bulk of the values.
 *
 * Width: Freedman and Diaconis (1981), `2 * IQR / cbrt(N)`, between a 48th and a 12th of the span and rounded to 1, 2 or 5 times a power
 * of ten. The bins end at p99.5 when the maximum lies more than half as far again from the minimum; what is beyond is
 * counted in `above`.
 * @param range quartiles and ends of the values
 */
export function buildHistogram(
  values: WeightedIntervals,
  range: {
    readonly min: number;
    readonly q1: number;
    readonly q3: number;
    readonly p995: number;
    readonly max: number;
  },
): Histogram {
  const { min, q1, q3, p995, max } = range;
  const top = max - min > 1.5 * (p995 - min) && p995 > min ? p995 : max;
  const span = top - min;
  if (span < SAME_VALUE) return oneBin(min, values.count);
  const wanted = (2 * (q3 - q1)) / Math.cbrt(values.count);
  const width = niceStep(Math.min(span / FEWEST_BINS, Math.max(span / MOST_BINS, wanted)) / ROUNDING);
  const first = Math.floor(min / width + 1e-9);
  const bins = Math.max(1, Math.ceil((top - first * width) / width - 1e-9));
  const counts = new Array<number>(bins).fill(0);
  let above = 0;
  values.each((start, end, weight) => {
    if (start > (first + bins) * width * (1 + 1e-12)) {
      above += weight;
      return;
    }
    const low = Math.min(bins - 1, Math.max(0, Math.floor(start / width + 1e-9) - first));
    if (end <= start || end <= (first + low + 1) * width) {
      counts[low] = (counts[low] as number) + weight;
      return;
    }
    let from = start;
    for (let bin = low; bin < bins && from < end; bin++) {
      const to = Math.min(end, (first + bin + 1) * width);
      counts[bin] = (counts[bin] as number) + weight * ((to - from) / (end - start));
      from = to;
    }
    above += weight * ((end - from) / (end - start));
  });
  const edges = Array.from({ length: bins + 1 }, (_, i) => Number(((first + i) * width).toPrecision(12)));
  return { edges, counts, above };
}

/** All values are as good as equal. */
function oneBin(value: number, count: number): Histogram {
  const width = value > 0 ? niceStep(value / 10) : 1;
  return { edges: [value - width / 2, value + width / 2], counts: [count], above: 0 };
}
