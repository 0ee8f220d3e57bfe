import type { ReadReport } from '../../records/node-read-report.ts';
import type { EngineSummary } from '../../scenario/summarize-run.ts';

type Counted = Pick<EngineSummary, 'finished_requests' | 'unfinished_requests'>;
type Read = Pick<ReadReport, 'records' | 'requestsWithoutRecord' | 'lostRecords'>;

/** Requests that the engine counts as finished and that were not read. */
export function countLost(told: Counted, read: Read): number {
  return Math.max(0, told.finished_requests - countRead(read));
}

/**
 * Requests that were stopped under way, by the engine: one that was stopped between its record and its count is among the records, and not
 * among these.
 */
export function countUnfinished(told: Counted, read: Read): number {
  const uncounted = Math.max(0, countRead(read) - told.finished_requests);
  return Math.max(0, told.unfinished_requests - uncounted);
}

/** What cannot be read is told apart from what is not there. */
function countRead({ records, requestsWithoutRecord, lostRecords }: Read): number {
  return records + requestsWithoutRecord + lostRecords;
}
