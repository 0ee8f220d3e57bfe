/** The unit of an axis: milliseconds, or seconds where numbers would be long. */
export interface TimeUnit {
  readonly name: 'ms' | 's';
  /** From milliseconds. */
  readonly scale: (milliseconds: number) => number;
}

/** @param largest milliseconds */
export function chooseTimeUnit(largest: number): TimeUnit {
  return largest >= 10_000
    ? { name: 's', scale: (milliseconds) => milliseconds / 1000 }
    : { name: 'ms', scale: (milliseconds) => milliseconds };
}
