import { listHeadlineNumbers, type PushedRun } from '../../push/headline-numbers.ts';
import { listConditions } from '../../report/text/check-list.ts';
import type { PerfRun } from './perf-run.ts';

/** A run as it is sent elsewhere; none where nothing was sent. @param point of several runs */
export function describePushedRun(run: PerfRun, point: string | null): PushedRun[] {
  if (run.outputDir === null) return [];
  const { config, engine, samples, summary, validity, verdict } = run;
  const { model, dataset, runId } = config;
  const crossed = listConditions(verdict).filter(({ ok }) => !ok).length;
  return [
    {
      labels: { run_id: samples.runIds[0] ?? runId, point, model, dataset, engine },
      numbers: listHeadlineNumbers(summary, validity.verdict, crossed),
      endedAt: new Date(),
    },
  ];
}
