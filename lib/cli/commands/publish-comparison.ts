import type { Comparison } from '../../compare/comparison.ts';
import { listComparisonChecks } from '../../compare/comparison-checks.ts';
import { annotateCrossed } from '../../report/text/github-annotations.ts';
import { renderJunitSuites } from '../../report/text/junit.ts';
import { writeNamedFile } from '../../shared/node-files.ts';
import type { ProcessLike } from '../command.ts';

/**
 * Tells a CI system of comparisons: on GitHub's runners by annotations, on standard error, since standard output may be a
 * file's content; and by a JUnit file with a suite for each pair of runs, in which a gate that is unsure is skipped.
 *
 * @returns false when the file cannot be written, which is reported
 */
export function publishComparison(
  { env, stderr }: Pick<ProcessLike, 'env' | 'stderr'>,
  comparisons: readonly Comparison[],
  junit: string | null,
): boolean {
  const pairs = comparisons.map((comparison) => ({
    name: comparison.point === null ? comparison.next.name : `${comparison.point}: ${comparison.next.name}`,
    checks: listComparisonChecks(comparison),
    className: 'compare',
    seconds: 0,
  }));
  if (env['GITHUB_ACTIONS'] === 'true') {
    const titleOf = ({ group }: { group: string }): string => (group === 'gates' ? 'Gate failed' : 'Nothing measured');
    for (const { name, checks } of pairs) {
      for (const line of annotateCrossed(checks, titleOf, name)) stderr.write(`${line}\n`);
    }
  }
  if (junit === null) return true;
  try {
    writeNamedFile(junit, renderJunitSuites(pairs));
    return true;
  } catch (error) {
    stderr.write(`${junit} was not written: ${(error as Error).message}\n`);
    return false;
  }
}
