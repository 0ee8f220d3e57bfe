/** Numbers in the order they came, four or eight bytes each; a view of them is free. */
export interface GrowableFloats<T extends Float32Array | Float64Array> {
  push(value: number): void;
  readonly length: number;
  /** What was pushed, as a view that the next `push` may leave behind. */
  values(): T;
}

function createGrowable<T extends Float32Array | Float64Array>(create: (length: number) => T): GrowableFloats<T> {
  let held = create(64);
  let count = 0;
  return {
    push(value) {
      if (count === held.length) {
        const larger = create(count * 2);
        larger.set(held);
        held = larger;
      }
      held[count++] = value;
    },
    get length() {
      return count;
    },
    values: () => held.subarray(0, count) as T,
  };
}

/** Eight bytes a number, exact. */
export function createDoubles(): GrowableFloats<Float64Array> {
  return createGrowable((length) => new Float64Array(length));
}

/** Four bytes a number: seven digits, so that times in milliseconds keep their microseconds up to eight seconds. */
export function createFloats(): GrowableFloats<Float32Array> {
  return createGrowable((length) => new Float32Array(length));
}
