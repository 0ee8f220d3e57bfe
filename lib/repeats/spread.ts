import { mean } from '../shared/mean.ts';
import type { RunSummary } from '../stats/run-summary.ts';
import { percentileOf } from '../stats/run-summary.ts';
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
}

/** What is shown of repeated runs; in milliseconds, or per second. */
export const REPEATED_NUMBERS: readonly RepeatedNumber[] = [
  number('ttft_avg_ms', 'TTFT, mean (ms)', ({ ttft_avg_ms }) => ttft_avg_ms, true),
  number('ttft_p99_ms', 'TTFT, p99 (ms)', (summary) => percentileOf(summary, 99, 'ttft_ms')),
  number('tpot_avg_ms', 'TPOT, mean (ms)', ({ tpot_avg_ms }) => tpot_avg_ms),
  number('itl_avg_ms', 'ITL, mean (ms)', ({ itl_avg_ms }) => itl_avg_ms),
  number('latency_avg_ms', 'Latency, mean (ms)', ({ latency_avg_ms }) => latency_avg_ms, true),
  number('latency_p99_ms', 'Latency, p99 (ms)', (summary) => percentileOf(summary, 99, 'latency_ms')),
  number('requests_per_s', 'Requests/s', ({ requests_per_s }) => requests_per_s, true),
  number('output_tokens_per_s', 'Output tokens/s', ({ output_tokens_per_s }) => output_tokens_per_s, true),
];

function number(name: string, title: string, of: RepeatedNumber['of'], isHeadline = false): RepeatedNumber {
  return { name, title, isHeadline, of };
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
