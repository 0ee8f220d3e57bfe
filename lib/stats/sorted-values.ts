import { findFirst } from '../shared/find-first.ts';
import { toThousandths } from './number-column.ts';

/** Values in ascending order, and what is made of them in that order. */
export interface SortedValues {
  readonly length: number;
  /** The value at a rank from 0, from the end below it; undefined beyond them. */
  at(rank: number): number | undefined;
  /** Does not depend on the order of the records, even in the last digit; 0 without values. */
  sum(): number;
  /** null without values. */
  mean(): number | null;
  /** Calls with each different value, ascending, and how often it comes. */
  each(visit: (value: number, count: number) => void): void;
}

/** @param values ascending, in units of which `perUnit` make one */
export function createSortedValues(values: Float64Array | Uint32Array, perUnit = 1): SortedValues {
  const sum = (): number => {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += (values[i] as number) / perUnit;
    return total;
  };
  return {
    length: values.length,
    at: (rank) => {
      const value = values.at(rank);
      return value === undefined ? undefined : value / perUnit;
    },
    sum,
    mean: () => (values.length === 0 ? null : sum() / values.length),
    each(visit) {
      for (let from = 0, to = 1; from < values.length; from = to, to++) {
        while (to < values.length && values[to] === values[from]) to++;
        visit((values[from] as number) / perUnit, to - from);
      }
    },
  };
}

/** Sorts a copy, in four bytes each where all are whole thousandths; NaN is not a value. */
export function sortValues(values: Float64Array): SortedValues {
  const packed = new Uint32Array(values.length);
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    const thousandths = toThousandths(value);
    if (thousandths === null) return createSortedValues(values.filter((other) => !Number.isNaN(other)).sort());
    packed[length++] = thousandths;
  }
  return createSortedValues(packed.subarray(0, length).sort(), 1000);
}

/** null without values: nobody knows, which is not 0. */
export function sumOrNull(values: SortedValues): number | null {
  return values.length === 0 ? null : values.sum();
}

/** How many values lie below a limit. */
export function countBelow({ length, at }: Pick<SortedValues, 'length' | 'at'>, limit: number): number {
  return findFirst(0, length, (rank) => (at(rank) as number) >= limit);
}
