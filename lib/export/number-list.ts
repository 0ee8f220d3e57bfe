import { createGrowableColumn } from '../stats/growable-column.ts';
import { mean, sum } from '../stats/mean.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';

/** Values of one metric, and what tools make of them. */
export interface NumberList {
  push(value: number | null): void;
  readonly count: () => number;
  sum(): number;
  mean(): number | null;
  /** Of the population, numpy's default (`ddof=0`). */
  deviation(): number | null;
  /** numpy's `percentile`, linear between neighbours. */
  percentile(percent: number): number | null;
  /** Ascending; the next `push` may change it. */
  sorted(): Float64Array;
}

/** Keeps eight bytes a value; null is passed over. */
export function createNumberList(): NumberList {
  const column = createGrowableColumn();
  let count = 0;
  return {
    push(value) {
      if (value === null) return;
      count += 1;
      column.push(value);
    },
    count: () => count,
    sum: () => sum(column.sorted()),
    mean: () => mean(column.sorted()),
    deviation() {
      const values = column.sorted();
      const average = mean(values);
      if (average === null) return null;
      return Math.sqrt(values.reduce((total, value) => total + (value - average) ** 2, 0) / values.length);
    },
    percentile: (percent) => choosePercentile('linear')(column.sorted(), percent),
    sorted: () => column.sorted(),
  };
}
