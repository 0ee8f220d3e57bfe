import { HEADLINE_NAMES } from '../report/html/headline-names.ts';
import { mean } from '../shared/mean.ts';
import type { IntervalNumber, RunIntervals } from '../stats/run-intervals.ts';
import { type HeadlineMetric, headlineValue, type RunSummary } from '../stats/run-summary.ts';
import { studentQuantile975 } from '../stats/student-quantile.ts';

/** How a number differs from run to run. */
export interface Spread {
  readonly runs: number;
  readonly mean: number;
  /** Standard deviation between runs, over n - 1. */
  readonly sd: number;
  /** Coefficient of variation: sd / mean; null at a mean of 0. */
  readonly cv: number | null;
  readonly min: number;
  readonly max: number;
  /** 95 % interval of the mean over runs, by Student's t; null below three runs. */
  readonly low: number | null;
  readonly high: number | null;
}

/** @returns null without a value; a run without one counts for none */
export function computeSpread(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value): value is number => value !== null);
  const runs = known.length;
  if (runs === 0) return null;
  const middle = mean(known);
  const squares = known.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const sd = runs < 2 ? 0 : Math.sqrt(squares / (runs - 1));
  const half = runs < 3 ? null : (studentQuantile975(runs - 1) * sd) / Math.sqrt(runs);
  return {
    ...{ runs, mean: middle, sd, cv: middle === 0 ? null : sd / Math.abs(middle) },
    ...{ min: Math.min(...known), max: Math.max(...known) },
    ...{ low: half === null ? null : middle - half, high: half === null ? null : middle + half },
  };
}

/** A number of every run. */
interface RepeatedNumber {
  readonly name: string;
  readonly title: string;
  /** true: one of those that decide when there are enough runs. */
  readonly isHeadline: boolean;
  readonly of: (summary: RunSummary) => number | null;
  /** Its interval within a run. */
  readonly within: (intervals: RunIntervals) => IntervalNumber;
}

/** What is shown of repeated runs; in milliseconds, or per second. */
export const REPEATED_NUMBERS: readonly RepeatedNumber[] = [
  time('ttft', 'mean', true),
  time('ttft', 'p99'),
  time('tpot', 'mean'),
  time('itl', 'mean'),
  time('latency', 'mean', true),
  time('latency', 'p99'),
  rate('requests_per_s', 'Requests/s'),
  rate('output_tokens_per_s', 'Output tokens/s'),
];

function time(metric: HeadlineMetric, statistic: 'mean' | 'p99', isHeadline = false): RepeatedNumber {
  return {
    name: `${metric}_${statistic === 'mean' ? 'avg' : statistic}_ms`,
    title: `${HEADLINE_NAMES[metric].short}, ${statistic} (ms)`,
    isHeadline,
    of: (summary) => headlineValue(summary, metric, statistic),
    within: ({ timings }) => timings[`${metric}_ms`][statistic],
  };
}

function rate(name: 'requests_per_s' | 'output_tokens_per_s', title: string): RepeatedNumber {
  return { name, title, isHeadline: true, of: (summary) => summary[name], within: (intervals) => intervals[name] };
}

/** Fewer cannot be called even. */
export const FEWEST_RUNS = 3;

/** Whether the headline numbers differ so little from run to run that more runs are not needed. */
export function isEven(summaries: readonly RunSummary[], untilCv: number): boolean {
  if (summaries.length < FEWEST_RUNS) return false;
  const spreads = REPEATED_NUMBERS.filter(({ isHeadline }) => isHeadline).flatMap(
    ({ of }) => computeSpread(summaries.map(of)) ?? [],
  );
  return (
    spreads.length > 0 && spreads.every(({ runs, cv }) => runs === summaries.length && cv !== null && cv <= untilCv)
  );
}
