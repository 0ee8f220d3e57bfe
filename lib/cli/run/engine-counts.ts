import { countFinished } from '../../records/end-counts.ts';
import type { ReadReport } from '../../records/node-read-report.ts';
import type { EngineSummary } from '../../scenario/summarize-run.ts';

type Counted = Pick<EngineSummary, 'finished_requests' | 'unfinished_requests'>;
type Read = Pick<ReadReport, 'records' | 'requestsWithoutRecord' | 'lostRecords'>;

/** Requests that the engine counts as finished and that were not read. */
export function countLost(told: Counted, read: Read): number {
  const finished = countRead(read);
  return countFinished(told.finished_requests, finished) - finished;
}

/** Requests that were stopped under way, by the engine, without those that have a record. */
export function countUnfinished(told: Counted, read: Read): number {
  const uncounted = countFinished(told.finished_requests, countRead(read)) - told.finished_requests;
  return Math.max(0, told.unfinished_requests - uncounted);
}

/** Requests that left a record, or of which a record could not be read: those have a line of their own. */
function countRead({ records, requestsWithoutRecord, lostRecords }: Read): number {
  return records + requestsWithoutRecord + lostRecords;
}
