/** Values a batch, which is the 5 in the name. */
const BATCH = 5;
/** Fewer batches than this cannot tell a transient from noise. */
const FEWEST_BATCHES = 10;

/**
 * How many values at the beginning of a series belong to its initial transient, by MSER-5.
 *
 * Variant: White, Cobb and Spratt 2000. The series is cut into batches of five; of all truncations `d` that one is taken
 * with the smallest `sum((z[j] - mean)^2) / (k - d)^2` over the k - d batch means that are left: the squared standard
 * error of their mean. Only the first half is searched, as the method prescribes, since at the end a few values that
 * happen to be alike would win; of equal minima the first counts. Up to four values at the end form no batch.
 * @returns a multiple of five; null when the series is too short (below 50 values), or when the minimum lies at the end of
 *   what is searched, the method's own sign that the series never settles
 */
export function findTruncation(series: ArrayLike<number>): number | null {
  const batches = averageBatches(series);
  if (batches.length < FEWEST_BATCHES) return null;
  const furthest = Math.floor(batches.length / 2);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let total = 0;
  let squares = 0;
  // From the end, so that each batch is looked at once; around the last, so that no digits are lost.
  const centre = batches.at(-1) as number;
  for (let from = batches.length - 1; from >= 0; from--) {
    const value = (batches[from] as number) - centre;
    total += value;
    squares += value * value;
    const left = batches.length - from;
    const statistic = Math.max(0, squares - (total * total) / left) / (left * left);
    if (from <= furthest && statistic <= least) {
      least = statistic;
      best = from;
    }
  }
  return best === furthest ? null : best * BATCH;
}

function averageBatches(series: ArrayLike<number>): Float64Array {
  const means = new Float64Array(Math.floor(series.length / BATCH));
  for (let batch = 0; batch < means.length; batch++) {
    let total = 0;
    for (let i = 0; i < BATCH; i++) total += series[batch * BATCH + i] as number;
    means[batch] = total / BATCH;
  }
  return means;
}
