import { percentileByIndex } from './percentile-index.ts';
import { percentileLinear } from './percentile-linear.ts';

/** The configuration's name of a rule; `evalscope` takes `sorted[int(N*p/100)]`, `linear` is k6's and numpy's. */
export type PercentileRule = 'evalscope' | 'linear';

/** A percentile of ascending values, 0 to 100; null without values. */
export type Percentile = (sorted: ArrayLike<number>, percent: number) => number | null;

/** The function of a rule. */
export function choosePercentile(rule: PercentileRule): Percentile {
  return rule === 'evalscope' ? percentileByIndex : percentileLinear;
}
