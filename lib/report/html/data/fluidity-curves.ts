import { computeFluidity, DEFAULT_DEADLINE_MS } from '../../../metrics/fluidity.ts';
import { hasTimings } from '../../../metrics/metric.ts';
import type { Milliseconds } from '../../../shared/units.ts';
import { choosePercentile, type PercentileRule } from '../../../stats/percentile-rule.ts';
import { listRequests, numberAt, type RunData } from '../../../stats/run-data.ts';
import type { FluidityCurves } from '../report-data.ts';
import { rounded } from './nice-step.ts';

/** The same for all runs, so that their curves lie over each other. */
const DEADLINES: readonly Milliseconds[] = [
  ...[1, 2, 3, 5, 7, 10, 15, 20, DEFAULT_DEADLINE_MS, 30, 40, 50, 70],
  ...[100, 150, 200, 300, 500, 700, 1000],
];
/** An answer that meets so many of its deadlines reads as a steady one: Etalon's bar (arXiv 2407.07000). */
const FLUENT = 0.9;
/** Of more answers, as many evenly spaced ones: each costs a walk over its gaps a deadline. */
const MOST_ANSWERS = 2000;

/**
 * The fluidity index of answers, had each deadline been the one that counts: its mean, its p5, and how many answers meet 90 %
 * of their deadlines. Ends with the first deadline, from that of the tables on, which every answer meets throughout.
 *
 * @returns no deadlines where no answer has an index
 */
export function traceFluidity(run: RunData, rule: PercentileRule): FluidityCurves {
  const known = run.values('fluidity');
  const answers = listRequests(run, hasTimings).filter((request) => !Number.isNaN(known[request]));
  const every = Math.ceil(answers.length / MOST_ANSWERS);
  const picked = answers.filter((_, place) => place % every === 0);
  const indices = DEADLINES.map(() => new Float64Array(picked.length));
  const outputTokens = run.column('output_tokens');
  picked.forEach((request, place) => {
    const gaps = run.gaps.of(request);
    const tokens = numberAt(outputTokens, request);
    DEADLINES.forEach((deadline, i) => {
      (indices[i] as Float64Array)[place] = computeFluidity(gaps, deadline, tokens) as number;
    });
  });
  const percentile = choosePercentile(rule);
  const points = indices.map((values, i) => {
    const sorted = values.sort();
    return {
      deadline_ms: DEADLINES[i] as Milliseconds,
      mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
      p5: percentile(sorted, 5) as number,
      fluent: sorted.filter((value) => value >= FLUENT).length / sorted.length,
      isWhole: sorted[0] === 1,
    };
  });
  const last = points.findIndex(({ deadline_ms, isWhole }) => deadline_ms >= DEFAULT_DEADLINE_MS && isWhole);
  const shown = picked.length === 0 ? [] : points.slice(0, last < 0 ? points.length : last + 1);
  return {
    answers: picked.length,
    sampled: every > 1,
    default_ms: DEFAULT_DEADLINE_MS,
    deadline_ms: shown.map(({ deadline_ms }) => deadline_ms),
    mean: shown.map(({ mean }) => rounded(mean)),
    p5: shown.map(({ p5 }) => rounded(p5)),
    fluent: shown.map(({ fluent }) => rounded(fluent)),
  };
}
