import { COMPARED_METRICS, type ComparedMetricName } from '../metrics/request-metrics.ts';
import type { Curve } from '../report/html/report-data.ts';
import { createQuantileGrid } from '../stats/quantile-grid.ts';
import type { RunData } from '../stats/run-data.ts';
import { sliceValues } from '../stats/sliced-values.ts';

export type RunCurves = Readonly<Record<ComparedMetricName, Curve>>;

const STEPS = 200;
const ONE_SLICE = { count: 1, of: () => 0 };
const ONCE = new Float64Array([1]);

/** Cumulative distributions of a run's timings, from the smallest value to the 99.9th percentile, to be drawn. */
export function traceCurves(data: RunData): RunCurves {
  const curves = COMPARED_METRICS.map(({ name }) => {
    const values = sliceValues(data, ONE_SLICE, name);
    const grid = createQuantileGrid(values, 1, 'linear', []);
    const points = Array.from({ length: STEPS + 1 }, (_, step) => {
      const share = (step / STEPS) * 0.999;
      const value = grid.resample(share * 100, ONCE);
      return value === null ? [] : [{ value, share }];
    }).flat();
    return [name, { values: points.map(({ value }) => value), shares: points.map(({ share }) => share) }];
  });
  return Object.fromEntries(curves) as unknown as RunCurves;
}
