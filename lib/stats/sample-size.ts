import { findFirst } from '../shared/find-first.ts';

/** How sure the advice is. */
const CONFIDENCE = 0.99;

/**
 * How many requests a percentile needs: the fewest of which at least two lie above the true percentile, at 99 % confidence.
 * Then the largest but one is an upper limit for it, and a single outlier does not decide.
 *
 * Formula: the smallest n with p^n + n (1 - p) p^(n - 1) <= 1 %, the upper tail of the binomial distribution (Wilks 1941, of
 * second order). It is the rule of early stopping in MLPerf Inference, which has 64 for p90 and 662 for p99.
 * @param percent between 0 and 100; below 50 the lower tail counts
 * @returns Infinity for 0 and 100, which no number of requests finds
 */
export function requestsFor(percent: number): number {
  const p = Math.max(percent, 100 - percent) / 100;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  const risk = (n: number): number => p ** n + n * (1 - p) * p ** (n - 1);
  let high = 2;
  while (risk(high) > 1 - CONFIDENCE) high *= 2;
  return findFirst(high / 2, high, (n) => risk(n) <= 1 - CONFIDENCE);
}

/**
 * How many independent values a percentile needs before it has an upper limit at 95 %: the largest of n lies below the
 * p-quantile with probability p^n, which is 2.5 % at the most. 368 for p99, 72 for p95, 36 for p90.
 *
 * @param percent above 0 and below 100; below 50 the lower limit counts
 */
function requestsForInterval(percent: number): number {
  return Math.ceil(Math.log(0.025) / Math.log(Math.max(percent, 100 - percent) / 100));
}

/**
 * What the percentile that needs most lacks: an interval, or a second value beyond it.
 *
 * @param percents that somebody reads or judges by
 * @param has      whose requests they are
 * @returns null where there are enough
 */
export function adviseSampleSize(percents: readonly number[], requests: number, has = 'this run has'): string | null {
  const [most] = percents
    .map((percent) => ({ percent, needed: requestsFor(percent) }))
    .filter(({ needed }) => needed > requests && needed !== Number.POSITIVE_INFINITY)
    .sort((a, b) => b.needed - a.needed);
  if (most === undefined) return null;
  const { percent, needed } = most;
  const interval = requestsForInterval(percent);
  const amount =
    interval > requests ? `${interval} requests before it has an interval, and ${needed}` : `${needed} requests`;
  return `p${percent} needs ${amount} before no single outlier decides it; ${has} ${requests}.`;
}
