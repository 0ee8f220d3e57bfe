import type { ResampledRun } from '../stats/resample-run.ts';
import type { ResampledNumber } from '../stats/resampled-number.ts';

/**
 * Runs of one configuration as one: each number is the mean of theirs, with the spread between them. A number that a run
 * does not have is the mean of the others.
 *
 * @param runs at least one; one alone stays what it is
 */
export function groupRuns(runs: readonly ResampledRun[]): ResampledRun {
  const [first, ...others] = runs as [ResampledRun, ...ResampledRun[]];
  if (others.length === 0) return first;
  const timings = Object.entries(first.timings).map(([metric, statistics]) => {
    const name = metric as keyof ResampledRun['timings'];
    const grouped = Object.keys(statistics).map((key) => {
      const statistic = key as keyof typeof statistics;
      return [statistic, groupNumbers(runs.map((run) => run.timings[name][statistic] ?? null))];
    });
    return [metric, Object.fromEntries(grouped)];
  });
  const rates = Object.keys(first.rates).map((key) => {
    const name = key as keyof ResampledRun['rates'];
    return [name, groupNumbers(runs.map((run) => run.rates[name]))];
  });
  return { slices: first.slices, timings: Object.fromEntries(timings), rates: Object.fromEntries(rates) };
}

/** Of two runs there is one difference, whose spread nobody knows. */
const FEWEST_RUNS = 3;

function groupNumbers(numbers: readonly (ResampledNumber | null)[]): ResampledNumber | null {
  const known = numbers.filter((number) => number !== null);
  const [first] = known;
  if (first === undefined) return null;
  const value = known.reduce((sum, number) => sum + number.value, 0) / known.length;
  const squares = known.reduce((sum, number) => sum + (number.value - value) ** 2, 0);
  const sd = Math.sqrt(squares / Math.max(1, known.length - 1));
  return { ...first, value, precise: known.length >= FEWEST_RUNS, between: { runs: known.length, sd } };
}
