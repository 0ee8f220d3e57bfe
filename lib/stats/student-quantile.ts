/** The 97.5 % quantile of the standard normal distribution. */
const NORMAL_975 = 1.959963984540054;

/**
 * The 97.5 % quantile of Student's t distribution, for a two-sided interval of 95 %.
 *
 * Variant: the expansion of Cornish and Fisher in 1 / degrees of freedom to the fourth term (Abramowitz and Stegun
 * 26.7.5), which is right to 0.001 from four degrees on and 0.1 low at two; any real number of degrees.
 * @param degrees of freedom; below 2 counts as 2
 */
export function studentQuantile975(degrees: number): number {
  const z = NORMAL_975;
  const n = Math.max(2, degrees);
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  const g4 = (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160;
  return z + g1 / n + g2 / n ** 2 + g3 / n ** 3 + g4 / n ** 4;
}

/**
 * The share of the standard normal distribution at or below a value.
 *
 * Variant: Abramowitz and Stegun 7.1.26, with an error below 1.5e-7.
 */
export function normalShareBelow(value: number): number {
  const x = Math.abs(value) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (polynomial * Math.exp(-x * x)) / 2;
  return value > 0 ? 1 - tail : tail;
}
