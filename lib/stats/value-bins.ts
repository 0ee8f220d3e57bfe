import type { SortedValues } from './sorted-values.ts';

/** Cuts the range of values into bins in ascending order, so that whatever is counted per bin is ordered too. */
export interface ValueBins {
  readonly count: number;
  /** The bin of one of the values that the bins were made for. */
  of(value: number): number;
}

/** More bins than this add nothing: with 100,000 values they are half a standard error of a percentile wide. */
const MOST_BINS = 2048;

/**
 * Bins for values: one for each different value up to 2,048 values, else about 2,048.
 *
 * Many values are counted in a histogram of 2^18 buckets, the first 18 bits of a 32-bit float (a step of 0.2 %), and
 * neighbouring buckets are joined; sorting twenty million gaps takes seconds, this a tenth. Bins hold shares that are
 * evenly spaced in arcsin(sqrt(rank)), hence evenly in standard errors of a percentile at every percentile.
 */
export function createValueBins(values: SortedValues): ValueBins {
  return values.length <= MOST_BINS ? createSingleBins(values) : createJoinedBins(values);
}

function createSingleBins(values: SortedValues): ValueBins {
  const bins = new Map<number, number>();
  values.each((value) => bins.set(value, bins.size));
  return { count: bins.size, of: (value) => bins.get(value) as number };
}

const BUCKET_SHIFT = 14;
const SIGN_BIT = 0x80000000;

function createJoinedBins(values: SortedValues): ValueBins {
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  /** Ordered as the values are: the bits of a float are, up to the sign. */
  const bucketOf = (value: number): number => {
    float[0] = value;
    const pattern = bits[0] as number;
    return ((pattern & SIGN_BIT) === 0 ? pattern | SIGN_BIT : ~pattern) >>> BUCKET_SHIFT;
  };
  const counts = new Uint32Array(2 ** (32 - BUCKET_SHIFT));
  values.each((value, count) => {
    const bucket = bucketOf(value);
    counts[bucket] = (counts[bucket] as number) + count;
  });
  const { bins, count } = joinBuckets(counts, values.length);
  return { count, of: (value) => bins[bucketOf(value)] as number };
}

/** Joins buckets until a bin has its share; a bucket that alone has more than that is a bin of its own. */
function joinBuckets(counts: Uint32Array, total: number): { bins: Uint16Array; count: number } {
  const bins = new Uint16Array(counts.length);
  let bin = 0;
  let below = 0;
  let held = 0;
  let limit = rankAt(1) * total;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] as number;
    if (held > 0 && count > 0 && below + held + count > limit) {
      below += held;
      held = 0;
      bin += 1;
      limit = nextLimit(below / total) * total;
    }
    bins[bucket] = bin;
    held += count;
  }
  return { bins, count: bin + 1 };
}

/** The share of values below the k-th of 2,048 cuts. */
function rankAt(cut: number): number {
  return Math.sin((Math.PI / 2) * Math.min(1, cut / MOST_BINS)) ** 2;
}

/** Where a bin that begins at this share of the values is to end. */
function nextLimit(share: number): number {
  const cut = (Math.asin(Math.sqrt(Math.min(1, share))) * 2 * MOST_BINS) / Math.PI;
  return rankAt(cut + 1);
}
