/** The arithmetic mean, of the values in the order in which they come; NaN without any. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
