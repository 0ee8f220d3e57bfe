/**
 * A run cut into consecutive slices of time, the unit that is resampled. A slice is the stretch in which a number of
 * requests ended, the same for all slices but for one; up to `MAX_SLICES` requests each has one of its own.
 */
export interface TimeSlices {
  readonly count: number;
  /** The slice of the i-th request in order of its end. */
  of(request: number): number;
}

/** With a thousand slices a replicate of 100,000 requests costs no more than one of a thousand. */
const MAX_SLICES = 1000;

/** @param fewest requests a slice has at least, unless there are fewer of them altogether */
export function cutIntoSlices(requests: number, fewest = 1): TimeSlices {
  const count = Math.min(Math.max(1, Math.floor(requests / fewest)), requests, MAX_SLICES);
  return { count, of: (request) => Math.floor((request * count) / requests) };
}

/**
 * Adds up a value for each slice.
 *
 * @param read the value of the i-th request; NaN adds nothing
 */
export function sumPerSlice(slices: TimeSlices, requests: number, read: (request: number) => number): Float64Array {
  const sums = new Float64Array(slices.count);
  for (let i = 0; i < requests; i++) {
    const value = read(i);
    if (!Number.isNaN(value)) sums[slices.of(i)] = (sums[slices.of(i)] as number) + value;
  }
  return sums;
}

/**
 * The sum of products, over the length of the first. Four sums run beside each other, since each addition waits for the
 * one before it: nearly three times as fast, and nearly all of what resampling costs.
 */
export function dot(weights: Float64Array, values: Uint32Array | Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = weights.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += (weights[i] as number) * (values[i] as number);
    b += (weights[i + 1] as number) * (values[i + 1] as number);
    c += (weights[i + 2] as number) * (values[i + 2] as number);
    d += (weights[i + 3] as number) * (values[i + 3] as number);
  }
  for (let i = whole; i < weights.length; i++) a += (weights[i] as number) * (values[i] as number);
  return a + b + c + d;
}

/** The sum over all slices. */
export function total(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}
