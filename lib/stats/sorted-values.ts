/** Values in ascending order, and what is made of them in that order. */
export interface SortedValues {
  readonly length: number;
  /** The value at a rank from 0, from the end below it; undefined beyond them. */
  at(rank: number): number | undefined;
  /** Taken in ascending order, so that the order of the records changes not even the last digit; 0 without values. */
  sum(): number;
  /** null without values. */
  mean(): number | null;
}

/** @param values ascending, in units of which `perUnit` make one */
export function createSortedValues(values: Uint32Array | Float64Array, perUnit = 1): SortedValues {
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
  };
}

/** Sorts a copy; NaN is no value. */
export function sortValues(values: Float64Array): SortedValues {
  return createSortedValues(values.filter((value) => !Number.isNaN(value)).sort());
}
