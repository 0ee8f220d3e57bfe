import type { MetricUnit } from '../metrics/metric.ts';
import { COMPARED_METRICS, type ComparedMetricName } from '../metrics/request-metrics.ts';
import { COMPARED_RUN_METRICS, type ComparedRunMetricName } from '../metrics/run-metrics.ts';
import { expandedInterval, type Interval, varianceOf } from '../stats/confidence-interval.ts';
import type { ResampledRun } from '../stats/resample-run.ts';
import type { ResampledNumber } from '../stats/resampled-number.ts';
import type { StatisticName } from '../stats/shown-statistics.ts';
import { studentQuantile975 } from '../stats/student-quantile.ts';

/** What a difference between two runs amounts to. */
type ComparisonVerdict =
  | 'better'
  | 'worse'
  | 'changed'
  | 'no difference shown'
  | 'too few requests to tell'
  | 'too dependent to tell'
  | 'too few runs to tell'
  | 'no value';

/** A difference with its 95 % interval; the limits are null where there are too few requests, or too dependent ones. */
export interface Difference {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** One number of two runs, beside each other. */
export interface ComparedNumber {
  readonly metric: ComparedMetricName | ComparedRunMetricName;
  /** `run` for a number that a run has one of. */
  readonly statistic: StatisticName;
  readonly title: string;
  readonly unit: MetricUnit;
  /** Which way an improvement goes; null where neither is one. */
  readonly better: 'lower' | 'higher' | null;
  readonly base: number | null;
  readonly next: number | null;
  /** next - base, in the unit. */
  readonly difference: Difference | null;
  /** next / base - 1: 0.1 is 10 % more; null where the base is 0. */
  readonly relative: Difference | null;
  readonly verdict: ComparisonVerdict;
}

/** Every number of two runs, in the order of the tables. */
export function compareRuns(base: ResampledRun, next: ResampledRun): ComparedNumber[] {
  const timings = COMPARED_METRICS.flatMap(({ name, title, unit, better }) =>
    (Object.keys(base.timings[name]) as StatisticName[]).map((statistic) =>
      compareNumbers(
        { metric: name, statistic, title: `${title}, ${statistic}`, unit, better },
        base.timings[name][statistic] ?? null,
        next.timings[name][statistic] ?? null,
      ),
    ),
  );
  const rates = COMPARED_RUN_METRICS.map(({ name, title, unit, better }) =>
    compareNumbers({ metric: name, statistic: 'run', title, unit, better }, base.rates[name], next.rates[name]),
  );
  return [...timings, ...rates];
}

type Subject = Pick<ComparedNumber, 'metric' | 'statistic' | 'title' | 'unit' | 'better'>;

function compareNumbers(subject: Subject, base: ResampledNumber | null, next: ResampledNumber | null): ComparedNumber {
  const values = { base: base?.value ?? null, next: next?.value ?? null };
  if (base === null || next === null) {
    return { ...subject, ...values, difference: null, relative: null, verdict: 'no value' };
  }
  // Where runs were repeated, their spread decides, not that within a single one.
  const between = estimateBetween(base, next);
  if (between !== null) {
    const [difference, relative] = between;
    return {
      ...subject,
      ...values,
      difference,
      relative,
      verdict: judge(difference, subject.better, 'too few runs to tell'),
    };
  }
  const isPrecise = base.precise && next.precise;
  const describe = (combine: (before: number, after: number) => number): Difference => ({
    value: combine(base.value, next.value),
    ...(isPrecise ? estimateDifference(base, next, combine) : { low: null, high: null }),
  });
  const difference = describe((before, after) => after - before);
  return {
    ...subject,
    ...values,
    difference,
    relative: base.value === 0 ? null : describe((before, after) => after / before - 1),
    verdict: judge(difference, subject.better, describeLack([base, next])),
  };
}

/**
 * The 95 % interval of a difference, or of a ratio: percentiles of it over pairs of replicates, one of each run.
 *
 * The runs are independent, so any pairing will do. The number of blocks behind it is Welch and Satterthwaite's.
 */
function estimateDifference(
  base: ResampledNumber,
  next: ResampledNumber,
  combine: (before: number, after: number) => number,
): Interval {
  const pairs = Math.min(base.replicates.length, next.replicates.length);
  const combined = new Float64Array(pairs);
  for (let i = 0; i < pairs; i++) combined[i] = combine(base.replicates[i] as number, next.replicates[i] as number);
  // A ratio to nothing says nothing, and must not become a limit.
  return expandedInterval(
    combined.filter((value) => Number.isFinite(value)),
    combineBlocks(base, next),
  );
}

/**
 * The difference of two groups of runs, and its ratio less one: Welch's t of their means, its degrees by Welch and
 * Satterthwaite; that of the ratio to first order. A run alone is taken to differ as the runs of the other group do.
 *
 * @returns null where no run was repeated
 */
function estimateBetween(base: ResampledNumber, next: ResampledNumber): [Difference, Difference | null] | null {
  const ones = [base, next].map(({ between }) => between ?? { runs: 1, sd: Number.NaN });
  if (ones.every(({ runs }) => runs === 1)) return null;
  const isPrecise = [base, next].every(({ between, precise }) => between === undefined || precise);
  const parts = ones.map(({ runs, sd }, i) => ({
    variance: (runs === 1 ? (ones[1 - i] as { sd: number }).sd : sd) ** 2 / runs,
    degrees: runs === 1 ? Number.POSITIVE_INFINITY : runs - 1,
  }));
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  const isAlone = ones.some(({ runs }) => runs === 1);
  const degrees = isAlone
    ? Math.max(...ones.map(({ runs }) => runs)) - 1
    : variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  const t = studentQuantile975(Number.isFinite(degrees) ? degrees : 2);
  const describe = (value: number, error: number): Difference => ({
    value,
    low: isPrecise ? value - t * error : null,
    high: isPrecise ? value + t * error : null,
  });
  const ratio = next.value / base.value;
  const [ofBase, ofNext] = parts as [(typeof parts)[number], (typeof parts)[number]];
  const ofRatio = Math.sqrt(ofNext.variance + ratio ** 2 * ofBase.variance) / Math.abs(base.value);
  return [
    describe(next.value - base.value, Math.sqrt(variance)),
    base.value === 0 ? null : describe(ratio - 1, ofRatio),
  ];
}

function combineBlocks(base: ResampledNumber, next: ResampledNumber): number {
  const variances = [varianceOf(base.replicates), varianceOf(next.replicates)] as const;
  const sum = variances[0] + variances[1];
  if (sum === 0) return Math.min(base.blocks, next.blocks);
  const parts = variances[0] ** 2 / (base.blocks - 1) + variances[1] ** 2 / (next.blocks - 1);
  return sum ** 2 / parts + 1;
}

/** Requests that are too few first: more of them are needed in any case. */
function describeLack(numbers: readonly ResampledNumber[]): ComparisonVerdict {
  const isDependent = numbers.every(({ precise, lacks }) => precise || lacks === 'independence');
  return isDependent ? 'too dependent to tell' : 'too few requests to tell';
}

/** A difference is shown when its interval does not hold 0. */
function judge(
  { low, high }: Difference,
  better: 'lower' | 'higher' | null,
  unknown: ComparisonVerdict,
): ComparisonVerdict {
  if (low === null || high === null) return unknown;
  if (low <= 0 && high >= 0) return 'no difference shown';
  if (better === null) return 'changed';
  return high < 0 === (better === 'lower') ? 'better' : 'worse';
}
