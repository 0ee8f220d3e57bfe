import { drawGamma, type Random } from '../shared/random.ts';

/** How the gaps between two starts are distributed; all have the same mean. */
export const ARRIVALS = ['poisson', 'constant', 'gamma', 'weibull'] as const;
export type Arrival = (typeof ARRIVALS)[number];

/**
 * Draws gaps with mean 1, independent of each other.
 *
 * Poisson: exponential gaps, variance 1. Gamma: `shape` is vLLM's burstiness, variance 1 / shape, below 1 more bursty than
 * Poisson. Weibull: the same way round, variance Γ(1 + 2/k) / Γ(1 + 1/k)² - 1. Both are Poisson at 1 and constant at
 * infinity.
 * @param shape above 0; of gamma and Weibull alone
 */
export function createGaps(arrival: Arrival, shape: number, random: Random): () => number {
  const exponential = (): number => -Math.log(1 - random.next());
  if (arrival === 'constant' || (arrival !== 'poisson' && shape === Number.POSITIVE_INFINITY)) return () => 1;
  if (arrival === 'poisson' || shape === 1) return exponential;
  if (arrival === 'gamma') return () => drawGamma(shape, random) / shape;
  const mean = logGamma(1 + 1 / shape);
  return () => Math.exp(Math.log(exponential()) / shape - mean);
}

/** ln Γ(x) from x = 1 on, by Stirling's series eight further up: right to 12 digits. */
function logGamma(x: number): number {
  let product = 1;
  for (let i = 0; i < 8; i++) product *= x + i;
  const y = x + 8;
  const series = (1 / 12 - (1 / 360 - 1 / (1260 * y ** 2)) / y ** 2) / y;
  return (y - 0.5) * Math.log(y) - y + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
