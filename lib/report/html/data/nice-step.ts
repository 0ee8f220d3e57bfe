/** The least of 1, 2 or 5 times a power of ten that is not below a positive number. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = least / power;
  // Written with a tolerance, since 0.3 / 0.1 is above 3.
  for (const nice of [1, 2, 5]) if (factor <= nice * (1 + 1e-9)) return nice * power;
  return 10 * power;
}

/** A number with at most three decimals and seven figures: what a picture needs, in little space. */
export function rounded(value: number): number {
  return Number(value.toPrecision(7)) === 0 ? 0 : Math.round(Number(value.toPrecision(7)) * 1000) / 1000;
}
