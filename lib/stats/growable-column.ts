/** Numbers that grow in number: eight bytes each, which is what makes millions of gaps affordable. */
export interface GrowableColumn {
  push(value: number): void;
  /** The values in ascending order, as a view that the next `push` may change. */
  sorted(): Float64Array;
}

/** The order in which values were pushed is lost when they are sorted, so only their set may matter. */
export function createGrowableColumn(): GrowableColumn {
  let values = new Float64Array(64);
  let count = 0;
  return {
    push(value) {
      if (count === values.length) {
        const larger = new Float64Array(count * 2);
        larger.set(values);
        values = larger;
      }
      values[count++] = value;
    },
    sorted: () => values.subarray(0, count).sort(),
  };
}
