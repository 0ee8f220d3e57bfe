import { mean } from '../shared/mean.ts';
import { median } from '../shared/median.ts';
import { normalShareBelow } from './student-quantile.ts';

/** Batches of a series: enough for both tests, and few enough that neighbours hang together little. */
export const DRIFT_BATCHES = 60;
/** How sure a test has to be. docs/statistics.md has what that finds, and how often it is wrong. */
const SURE = 0.001;
/** A level that holds for fewer batches is a burst. */
const SHORTEST_LEVEL = 3;
/** Added to the estimated autocorrelation, which few batches make too small. */
const DEPENDENCE_MARGIN = 0.05;
const MOST_DEPENDENCE = 0.95;

/** Whether a series stays where it is. */
export interface DriftTest {
  /** By the batches' means: Mann and Kendall's test of a trend, Pettitt's of a level that shifts once. */
  readonly trend_p: number;
  readonly shift_p: number;
  /** Of one batch with the next, which both tests make up for. */
  readonly autocorrelation: number;
  /** What fits better of what was found; null: nothing. */
  readonly found: 'trend' | 'shift' | null;
  /** Of a trend the ends of Theil and Sen's line, of a shift the means before and after it. */
  readonly from: number;
  readonly to: number;
  /** The place in the series from which on the level is another; null where it is not a shift. */
  readonly place: number | null;
}

/**
 * Tests a series for a trend and for a shift of its level.
 *
 * Both tests are on ranks of the means of 60 batches, so that a few slow requests weigh little. Batches that hang together
 * are worth fewer: the variance of both statistics is multiplied by (1 + r) / (1 - r), with r the lag-one autocorrelation of
 * the ranks about the line or the two levels, whichever fits better, corrected for its bias (Kendall: r + (1 + 4 r) / n).
 * Sources: Mann 1945, Kendall 1975; Pettitt 1979, with p = 2 exp(-6 U^2 / (n^3 + n^2)); Sen 1968.
 * @param values at least as many as there are batches
 */
export function testDrift(values: ArrayLike<number>): DriftTest {
  const means = averageBatches(values);
  const ranks = rankValues(means);
  const line = fitLine(ranks);
  const shift = findShift(ranks);
  const isLine = sumSquares(line) <= sumSquares(shift.residuals);
  const r = estimateDependence(isLine ? line : shift.residuals);
  const factor = (1 + r) / (1 - r);
  const trend_p = testTrend(means, factor);
  const shift_p = Math.min(1, 2 * Math.exp((-6 * shift.statistic ** 2) / factor / (N ** 3 + N ** 2)));
  const isSure = (p: number): boolean => p < SURE;
  // Levels of which the test is less sure may still rise or fall for sure.
  const found = !isLine && isSure(shift_p) ? 'shift' : isSure(trend_p) ? 'trend' : null;
  const batch = locateShift(means);
  const [from, to] = found === 'shift' ? averageSides(means, batch) : fitEnds(means);
  const place = found === 'shift' ? startOfBatch(values.length, batch) : null;
  return { trend_p, shift_p, autocorrelation: r, found, from, to, place };
}

const N = DRIFT_BATCHES;

function startOfBatch(length: number, batch: number): number {
  return Math.round((batch * length) / N);
}

function averageBatches(values: ArrayLike<number>): number[] {
  return Array.from({ length: N }, (_, batch) => {
    const [from, to] = [startOfBatch(values.length, batch), startOfBatch(values.length, batch + 1)];
    let total = 0;
    for (let i = from; i < to; i++) total += values[i] as number;
    return total / (to - from);
  });
}

/** Ranks around 0; equal values share theirs. */
function rankValues(values: readonly number[]): number[] {
  return values.map((value) => values.reduce((rank, other) => rank + Math.sign(value - other) / 2, 0));
}

/** What is left of ranks beside the least-squares line. */
function fitLine(ranks: readonly number[]): number[] {
  const middle = (N - 1) / 2;
  const slope =
    ranks.reduce((sum, rank, i) => sum + rank * (i - middle), 0) /
    ranks.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return ranks.map((rank, i) => rank - slope * (i - middle));
}

/** Where the sum of the ranks before is farthest from 0, and what is left of the ranks beside the two levels. */
function findShift(ranks: readonly number[]): {
  readonly batch: number;
  readonly statistic: number;
  readonly residuals: readonly number[];
} {
  let [batch, statistic, sum] = [SHORTEST_LEVEL, 0, 0];
  for (let before = 1; before <= N - SHORTEST_LEVEL; before++) {
    sum += ranks[before - 1] as number;
    // Pettitt's U is twice the sum.
    if (before < SHORTEST_LEVEL || Math.abs(2 * sum) <= statistic) continue;
    [batch, statistic] = [before, Math.abs(2 * sum)];
  }
  const [before, behind] = averageSides(ranks, batch);
  return { batch, statistic, residuals: ranks.map((rank, i) => rank - (i < batch ? before : behind)) };
}

/** Where two levels fit the values best, by least squares: ranks tell that there are two, and less well where they part. */
function locateShift(values: readonly number[]): number {
  const center = mean(values);
  let [best, largest, sum] = [SHORTEST_LEVEL, -1, 0];
  for (let before = 1; before <= N - SHORTEST_LEVEL; before++) {
    sum += (values[before - 1] as number) - center;
    const explained = (sum * sum) / (before * (N - before));
    if (before >= SHORTEST_LEVEL && explained > largest) [best, largest] = [before, explained];
  }
  return best;
}

function averageSides(values: readonly number[], batch: number): [before: number, behind: number] {
  return [mean(values.slice(0, batch)), mean(values.slice(batch))];
}

function sumSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function estimateDependence(residuals: readonly number[]): number {
  const squares = sumSquares(residuals);
  if (squares === 0) return 0;
  const products = residuals.reduce((sum, value, i) => sum + (i === 0 ? 0 : value * (residuals[i - 1] as number)), 0);
  const raw = products / squares;
  return Math.min(MOST_DEPENDENCE, Math.max(0, raw + (1 + 4 * raw) / N + DEPENDENCE_MARGIN));
}

function testTrend(means: readonly number[], factor: number): number {
  const score = mapPairs(means, (earlier, later) => Math.sign(later - earlier)).reduce((sum, sign) => sum + sign, 0);
  const variance = (factor * N * (N - 1) * (2 * N + 5)) / 18;
  return 2 * normalShareBelow(-Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance));
}

/** The ends of the line with the median slope. */
function fitEnds(means: readonly number[]): [from: number, to: number] {
  const slope = median(mapPairs(means, (earlier, later, apart) => (later - earlier) / apart));
  const from = median(means.map((value, i) => value - slope * i));
  return [from, from + slope * (N - 1)];
}

function mapPairs(values: readonly number[], of: (earlier: number, later: number, apart: number) => number): number[] {
  return values.flatMap((later, i) => values.slice(0, i).map((earlier, j) => of(earlier, later, i - j)));
}
