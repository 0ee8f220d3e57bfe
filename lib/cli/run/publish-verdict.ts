import { appendFileSync } from 'node:fs';
import type { RunVerdict } from '../../report/text/check-list.ts';
import { renderGithubAnnotations } from '../../report/text/github-annotations.ts';
import type { ProcessLike } from '../command.ts';

/**
 * Tells a CI system of a run: on GitHub's runners, annotations in the log and a section in the job's summary.
 *
 * A summary that cannot be written is only reported, since the verdict does not depend on it.
 * @param point of a sweep; null: the run is none
 */
export function publishVerdict(
  process: Pick<ProcessLike, 'env' | 'stdout' | 'stderr'>,
  { verdict, markdown }: { readonly verdict: RunVerdict; readonly markdown: string },
  point: string | null = null,
): void {
  const { env, stdout, stderr } = process;
  if (env['GITHUB_ACTIONS'] === 'true') {
    for (const line of renderGithubAnnotations(verdict, point)) stdout.write(`${line}\n`);
  }
  const path = env['GITHUB_STEP_SUMMARY'];
  if (path === undefined || path === '') return;
  try {
    appendFileSync(path, `${markdown}\n`);
  } catch (error) {
    stderr.write(`the job's summary was not written: ${(error as Error).message}\n`);
  }
}
