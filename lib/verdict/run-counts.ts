import type { RunCounts } from '../metrics/metric.ts';
import {
  countCached,
  countGaps,
  type LabelFilter,
  listRequests,
  type RunData,
  sortSelected,
} from '../stats/run-data.ts';
import { sumOrNull } from '../stats/sorted-values.ts';
import { classifyError, ERROR_CLASSES, type ErrorClass } from './classify-error.ts';

/** What counts as failed or dropped, and is in no record. */
export interface Unrecorded {
  /** Requests without a record that may belong to what is counted; they failed, aborted. */
  readonly unfinished: number;
  readonly dropped: number;
}

/** Counts the requests of a run, or of the part of it whose labels are meant. */
export function countRun(run: RunData, isMeant: LabelFilter, { unfinished, dropped }: Unrecorded): RunCounts {
  const count = (counts: LabelFilter): number => listRequests(run, (label) => isMeant(label) && counts(label)).length;
  const classes = countErrors(run, isMeant);
  return {
    ...classes,
    ...countCached(run, isMeant),
    ...countGaps(run, isMeant),
    completed: count(({ outcome }) => outcome === 'completed'),
    cancelled: count(({ outcome }) => outcome === 'cancelled'),
    failed: count(({ outcome }) => outcome === 'failed') + unfinished,
    aborted: classes.aborted + unfinished,
    dropped,
    inputTokens: sumOrNull(sortSelected(run, 'input_tokens', isMeant)),
    inputs: sumOrNull(sortSelected(run, 'inputs', isMeant)),
    outputTokens: sumOrNull(sortSelected(run, 'output_tokens', isMeant)),
    timeTakenMs: run.timeTaken,
  };
}

/** Failed requests by class, of those that left a record. */
export function countErrors(run: RunData, isMeant: LabelFilter): Record<ErrorClass, number> {
  const count = (name: ErrorClass): number =>
    listRequests(run, (label) => isMeant(label) && label.failure !== null && classifyError(label.failure) === name)
      .length;
  return Object.fromEntries(ERROR_CLASSES.map((name) => [name, count(name)])) as Record<ErrorClass, number>;
}
