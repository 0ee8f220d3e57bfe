/** Shown where there is no value. */
export const NO_VALUE = '–';

/** A number for people: five digits that count, one where there is next to nothing, no exponent from 0.000001 on. */
export function formatDigits(value: number): string {
  const size = Math.abs(value);
  return String(size >= 10_000 ? Math.round(value) : Number(value.toPrecision(size < 1e-4 ? 1 : 5)));
}
