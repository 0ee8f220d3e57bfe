import { createGrowable } from '../shared/growable.ts';
import { choosePercentile } from '../stats/percentile-rule.ts';
import { type SortedValues, sortValues } from '../stats/sorted-values.ts';

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
  sorted(): SortedValues;
}

/** Keeps eight bytes a value; null is passed over. */
function createNumberList(): NumberList {
  const list = createGrowable((length) => new Float64Array(length));
  let values: SortedValues | null = null;
  const sorted = (): SortedValues => {
    if (values?.length !== list.length) values = sortValues(list.values());
    return values as SortedValues;
  };
  return {
    push: (value) => {
      if (value !== null) list.push(value);
    },
    count: () => list.length,
    sum: () => sorted().sum(),
    mean: () => sorted().mean(),
    deviation() {
      const average = sorted().mean();
      if (average === null) return null;
      let squares = 0;
      for (let rank = 0; rank < list.length; rank++) squares += ((sorted().at(rank) as number) - average) ** 2;
      return Math.sqrt(squares / list.length);
    },
    percentile: (percent) => choosePercentile('linear')(sorted(), percent),
    sorted,
  };
}

/** A list for each of these names. */
export function createNumberLists<Name extends string>(...names: readonly Name[]): Record<Name, NumberList> {
  return Object.fromEntries(names.map((name) => [name, createNumberList()])) as Record<Name, NumberList>;
}
