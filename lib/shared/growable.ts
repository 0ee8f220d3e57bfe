/** Arrays that hold numbers without boxes. */
type TypedArray = Uint32Array | Float32Array | Float64Array;

/** Numbers that grow in number, in the order they came. */
export interface Growable<T extends TypedArray> {
  push(value: number): void;
  readonly length: number;
  /** What was pushed, as a view that the next `push` may leave behind. */
  values(): T;
}

/** @param create an array of a length, such as `(length) => new Float64Array(length)` */
export function createGrowable<T extends TypedArray>(create: (length: number) => T): Growable<T> {
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
