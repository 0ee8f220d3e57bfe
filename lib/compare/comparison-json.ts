import { type ComparedRun, type Comparison, type ComparisonReport, describeMethod } from './comparison.ts';

type RunJson = Pick<ComparedRun, 'name' | 'requests' | 'completed' | 'facts' | 'notes'>;

/** A comparison for programs: base units, unrounded, ratios 0 to 1. */
export interface ComparisonJson {
  readonly version: 1;
  readonly confidence: 0.95;
  readonly seed: number;
  readonly replicates: number;
  /** Whether no gate failed. */
  readonly passed: boolean;
  readonly comparisons: readonly (Pick<Comparison, 'point' | 'differences' | 'numbers' | 'gates'> & {
    readonly base: RunJson;
    readonly next: RunJson;
  })[];
  readonly notes: readonly string[];
}

export function buildComparisonJson(report: ComparisonReport): ComparisonJson {
  return {
    version: 1,
    confidence: 0.95,
    seed: report.seed,
    replicates: report.replicates,
    passed: hasPassed(report.comparisons),
    comparisons: report.comparisons.map(({ point, base, next, differences, numbers, gates }) => ({
      point,
      base: describeRun(base),
      next: describeRun(next),
      differences,
      numbers,
      gates,
    })),
    notes: [...report.notes, ...describeMethod(report)],
  };
}

/** Whether no gate failed. */
export function hasPassed(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ gates }) => gates.every(({ state }) => state !== 'failed'));
}

function describeRun({ name, requests, completed, facts, notes }: ComparedRun): RunJson {
  return { name, requests, completed, facts, notes };
}
