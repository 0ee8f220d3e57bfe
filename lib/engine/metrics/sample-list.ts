/**
 * The values of a Trend: exact, eight bytes each, sorted as far as they were asked for.
 *
 * Sorting again after more values came sorts the new ones alone and merges them, so that looking every two seconds
 * costs one pass over the values and not one sort.
 */
export class SampleList {
  #values = new Float64Array(64);
  #length = 0;
  #sorted = 0;

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** All values, ascending; valid until the next `add`. */
  sorted(): Float64Array {
    if (this.#sorted < this.#length) {
      const tail = this.#values.slice(this.#sorted, this.#length).sort();
      mergeInto(this.#values, this.#sorted, tail);
      this.#sorted = this.#length;
    }
    return this.#values.subarray(0, this.#length);
  }
}

/** Merges ascending `tail` into the first `length` values of `values`, from the back, in place. */
function mergeInto(values: Float64Array, length: number, tail: Float64Array): void {
  let left = length - 1;
  let right = tail.length - 1;
  for (let target = length + tail.length - 1; right >= 0; target--) {
    const takeLeft = left >= 0 && values[left]! > tail[right]!;
    values[target] = takeLeft ? values[left--]! : tail[right--]!;
  }
}
