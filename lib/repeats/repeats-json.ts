import type { RepeatedPageRun, SpreadChartData } from '../report/html/report-data.ts';
import type { GroupHead } from '../report/json/group-head.ts';
import type { IntervalNumber, RunIntervals } from '../stats/run-intervals.ts';
import type { RepeatPlan } from './repeat-flags.ts';
import { computeSpread, REPEATED_NUMBERS, type Spread } from './spread.ts';

/** One of the runs, as far as it got. */
export interface RepeatedRun extends RepeatedPageRun {
  readonly exit_code: number;
  /** Its own 95 % intervals; null where nothing was sent. */
  readonly intervals: RunIntervals | null;
}

/** A number over all runs. */
export interface NumberOfRuns extends Spread {
  readonly name: string;
  /** Half of the mean width of the runs' own intervals, over the mean: what a single run says of its spread; null without. */
  readonly within_ratio: number | null;
}

/**
 * The content of `runs.json`: everything about repeated runs in base units and unrounded, for programs.
 *
 * Its state is `even` where the last run brought them within until-cv.
 */
export interface RunsFile extends GroupHead<GroupHead['state'] | 'even'>, RepeatPlan {
  readonly numbers: readonly NumberOfRuns[];
  readonly measured: readonly RepeatedRun[];
  /** The configuration that all runs share, secrets masked. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Every number over the runs in which something completed; those that no run has are left out. */
export function describeNumbers(measured: readonly RepeatedRun[]): NumberOfRuns[] {
  const runs = measured.filter(({ summary }) => summary.completed_requests > 0);
  return REPEATED_NUMBERS.flatMap(({ name, of, within: ofRun }) => {
    const spread = computeSpread(runs.map(({ summary }) => of(summary)));
    if (spread === null) return [];
    const halves = runs.map(({ intervals }) => (intervals === null ? null : halfWidth(ofRun(intervals))));
    const half = computeSpread(halves);
    const within = half === null || half.runs < runs.length || spread.mean === 0 ? null : half.mean / spread.mean;
    return [{ name, ...spread, within_ratio: within }];
  });
}

/** What the page of repeated runs draws: each number of every run, with the interval within it. */
export function listSpreadCharts({ numbers, measured }: Pick<RunsFile, 'numbers' | 'measured'>): SpreadChartData[] {
  return numbers.map(({ name, mean, low, high, cv, runs: count }) => {
    const row = REPEATED_NUMBERS.find((candidate) => candidate.name === name);
    const runs = measured.flatMap(({ summary, intervals }, i) => {
      const value = summary.completed_requests > 0 ? (row?.of(summary) ?? null) : null;
      const within = intervals === null ? null : row?.within(intervals);
      return value === null ? [] : [{ run: i + 1, value, low: within?.low ?? null, high: within?.high ?? null }];
    });
    return { name, title: row?.title ?? name, mean, low, high, cv: count < 2 ? null : cv, runs };
  });
}

function halfWidth({ low, high }: IntervalNumber): number | null {
  return low === null || high === null ? null : (high - low) / 2;
}
