/** A part of something; null where one of them is not known, and of nothing. */
export function divide(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : part / whole;
}
