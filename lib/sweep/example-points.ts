import { QUICK_START_SUMMARY } from '../report/example-summary.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import type { SweepPoint } from './sweep-point.ts';

/** A point of a sweep for tests: evalscope's quick start at another load, with what a test changes. */
export function examplePoint(
  parallel: number,
  summary: Partial<RunSummary> = {},
  point: Partial<SweepPoint> = {},
): SweepPoint {
  return {
    parallel,
    number: 15,
    folder: `parallel_${parallel}_number_15`,
    exit_code: 0,
    meets_thresholds: null,
    crossed: [],
    validity: { verdict: 'VALID', reasons: [] },
    ...point,
    summary: { ...QUICK_START_SUMMARY, concurrency: parallel, ...summary },
  };
}
