/** Counts values as they come, for percentiles at any time. */
export interface QuantileSketch {
  add(value: number): void;
  /** Within 1 % of the nearest-rank percentile; null without values. @param percent 0 to 100 */
  percentile(percent: number): number | null;
}

/** A bucket is 2 % wide, and its middle is what it gives. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);
/** Milliseconds below which values are one. */
const LEAST = 0.01;
/** Up to 10^7 ms, near three hours. */
const BUCKETS = Math.ceil(Math.log(1e7 / LEAST) / LOG_GROWTH);

/**
 * A histogram with buckets of equal ratio, as DDSketch (Masson, Rim, Lee: VLDB 2019) has them: what a value costs, and the
 * memory, do not grow with a run. Tables are made from the values themselves.
 */
export function createQuantileSketch(): QuantileSketch {
  const counts = new Uint32Array(BUCKETS + 1);
  let total = 0;
  return {
    add(value) {
      const bucket = value <= LEAST ? 0 : Math.min(BUCKETS, Math.floor(Math.log(value / LEAST) / LOG_GROWTH) + 1);
      counts[bucket] = (counts[bucket] as number) + 1;
      total += 1;
    },
    percentile(percent) {
      if (total === 0) return null;
      let left = Math.max(1, Math.ceil((percent / 100) * total));
      let bucket = 0;
      for (; bucket < BUCKETS; bucket++) {
        left -= counts[bucket] as number;
        if (left <= 0) break;
      }
      return bucket === 0 ? LEAST : LEAST * GROWTH ** (bucket - 0.5);
    },
  };
}
