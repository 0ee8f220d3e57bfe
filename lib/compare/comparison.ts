import type { RegressionGate } from '../conditions/differences.ts';
import { COMPARED_METRICS } from '../metrics/request-metrics.ts';
import { formatCount } from '../shared/format-count.ts';
import { ownValue } from '../shared/own-value.ts';
import type { ResampledRun } from '../stats/resample-run.ts';
import { type ComparedNumber, compareRuns } from './compare-runs.ts';
import { type GateOutcome, judgeRegressionGates } from './regression-gate.ts';
import type { RunCurves } from './run-curves.ts';
import { type FactDifference, type FactName, findDifferences, findUnknown, type RunFacts } from './run-facts.ts';

/** A run as a comparison needs it. */
export interface ComparedRun {
  /** As the user named it. */
  readonly name: string;
  readonly requests: number;
  readonly completed: number;
  /** Runs that it is the mean of; 1 for a run alone. */
  readonly runs: number;
  readonly facts: RunFacts;
  readonly resampled: ResampledRun;
  /** Distributions, where they are to be drawn. */
  readonly curves: RunCurves | null;
  /** What a reader must know of the run to believe its numbers. */
  readonly notes: readonly string[];
}

/** Two runs, or the same point of two sweeps, beside each other. */
export interface Comparison {
  /** The point of a sweep, `parallel 8`; null for single runs. */
  readonly point: string | null;
  readonly base: ComparedRun;
  readonly next: ComparedRun;
  readonly differences: readonly FactDifference[];
  /** Facts that have to agree, and of which only one run tells. */
  readonly unknown: readonly FactName[];
  readonly numbers: readonly ComparedNumber[];
  readonly gates: readonly GateOutcome[];
}

/** All comparisons of a command, and how they were made. */
export interface ComparisonReport {
  readonly comparisons: readonly Comparison[];
  readonly seed: number;
  readonly replicates: number;
  /** Points of sweeps without a counterpart, and the like. */
  readonly notes: readonly string[];
}

/** Compares a pair of runs and judges the gates on it. */
export function buildComparison(
  pair: Pick<Comparison, 'point' | 'base' | 'next'>,
  gates: readonly RegressionGate[],
): Comparison {
  const { base, next } = pair;
  const numbers = compareRuns(base.resampled, next.resampled);
  return {
    ...pair,
    differences: findDifferences(base.facts, next.facts),
    unknown: findUnknown(base.facts, next.facts),
    numbers: numbers.filter(
      (number) => (number.base !== null || number.next !== null) && [base, next].some((run) => isTold(number, run)),
    ),
    gates: judgeRegressionGates(gates, numbers),
  };
}

/** Whether a number says something of a run that no other one says. */
function isTold({ metric }: ComparedNumber, { resampled }: ComparedRun): boolean {
  const { timings } = resampled;
  const mean = (name: string): number | null => ownValue(timings, name)?.mean?.value ?? null;
  return COMPARED_METRICS.find(({ name }) => name === metric)?.isTold?.(mean) !== false;
}

/** Sentences below a comparison: how sure it is, and of what. */
export function describeMethod({ comparisons, replicates, seed }: ComparisonReport): string[] {
  const tested = comparisons
    .flatMap(({ numbers }) => numbers)
    .filter(({ difference }) => difference !== null && difference.low !== null).length;
  const isGrouped = comparisons.some(({ base, next }) => base.runs > 1 || next.runs > 1);
  const chance = `Differences tested: ${tested}. If nothing had changed, about ${Math.max(1, Math.round(tested * 0.05))} of them would appear by chance alone.`;
  if (isGrouped) {
    return [
      "Intervals: 95 %, by the spread between the runs of each side (Welch's t of their means), which holds what differs from run to run of the same service; a run alone is taken to differ as those of the other side do.",
      chance,
    ];
  }
  return [
    `Intervals: 95 %, by a stationary block bootstrap over the requests of each run (${replicates} replicates, seed ${seed}), percentile intervals expanded for few blocks.`,
    chance,
    'Each interval comes from a single run: variation between runs of the same service (a restart, another day) is not included.',
  ];
}

/** What a reader must know of the two runs before the numbers. */
export function describeRuns({ base, next, differences, unknown }: Comparison): string[] {
  const about = (role: string, { name, requests, completed, facts, runs }: ComparedRun): string =>
    `${role} ${name}: ${facts.model ?? 'unknown model'}, ${runs > 1 ? `${runs} runs, ` : ''}${formatCount(requests, 'request')}, ${completed} completed`;
  return [
    about('Base:', base),
    about('New: ', next),
    ...differences.map(
      ({ name, base: before, next: after, strict }) =>
        `Differs${strict ? ', so the numbers may not mean the same' : ''}: ${name}: ${before} -> ${after}`,
    ),
    ...(unknown.length === 0 ? [] : [`Only one of the runs tells: ${unknown.join(', ')}`]),
    ...[base, next].flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
  ];
}
