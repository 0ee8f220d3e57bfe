import { formatCount } from '../shared/format-count.ts';
import type { RunSummary } from '../stats/run-summary.ts';

/** A run that measured nothing, which passes nothing. */
export interface NothingMeasured {
  /** `no-run`: no request was sent; `none-completed`: none of those sent completed. */
  readonly state: 'no-run' | 'none-completed';
  /** What happened, in one line. */
  readonly text: string;
}

/**
 * Whether a run measured nothing, and what it ran into.
 *
 * @param firstFailure kind and detail of a failed request; null where no record tells
 * @param connectionFailure what the connection test told when it failed
 * @param warmups requests that came before the measured ones
 * @returns null when a request completed
 */
export function findNothingMeasured(
  { completed_requests, total_requests }: Pick<RunSummary, 'completed_requests' | 'total_requests'>,
  firstFailure: string | null,
  connectionFailure: readonly string[] | null,
  warmups = 0,
): NothingMeasured | null {
  if (completed_requests > 0) return null;
  if (total_requests === 0 && warmups > 0) {
    return {
      state: 'none-completed',
      text: `nothing was measured: only ${formatCount(warmups, 'warm-up request was', 'warm-up requests were')} sent`,
    };
  }
  if (total_requests === 0) {
    const why = connectionFailure === null ? 'no request was sent' : joinLines(connectionFailure);
    return { state: 'no-run', text: `nothing was measured: ${why}` };
  }
  const first = firstFailure === null ? '' : `; first failure: ${firstFailure}`;
  return {
    state: 'none-completed',
    text: `${describeNoneCompleted(total_requests)}${first}`,
  };
}

/** What was read of a run, and what could not be. */
interface Unread {
  /** Requests whose records cannot be read or are not there. */
  readonly lostRecords: number;
  readonly problems: readonly { readonly text: string }[];
}

/** The same where there are records that nobody could read, as those of a newer version: then requests were sent. */
export function sayUnread(nothing: NothingMeasured | null, { lostRecords, problems }: Unread): NothingMeasured | null {
  const [first] = problems;
  if (nothing?.state !== 'no-run' || lostRecords === 0 || first === undefined) return nothing;
  const what = formatCount(lostRecords, 'record', 'records');
  return { state: 'none-completed', text: `nothing was measured: ${what} cannot be read; ${first.text}` };
}

/** The sentence about requests of which none completed; there may be none at all. */
export function describeNoneCompleted(requests: number): string {
  return `nothing was measured: 0 of ${requests} requests completed`;
}

function joinLines(lines: readonly string[]): string {
  return lines
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('; ');
}
