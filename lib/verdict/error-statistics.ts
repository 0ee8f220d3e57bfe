import { listRequests, type RunData } from '../stats/run-data.ts';
import { sortValues } from '../stats/sorted-values.ts';
import { ERROR_CLASSES, type ErrorClass } from './classify-error.ts';
import { countErrors } from './run-counts.ts';

/** What servers asked to wait for, in seconds; null without any such answer. */
interface RetryAfterStatistics {
  /** Failed requests whose response carried a `Retry-After` that can be read. */
  readonly responses: number;
  /** Responses with status 429 or 503 without one. */
  readonly missing: number;
  readonly min_s: number | null;
  readonly avg_s: number | null;
  readonly max_s: number | null;
}

/** The failed requests of a run by whose fault they were. */
export interface ErrorStatistics {
  readonly counts: Readonly<Record<ErrorClass, number>>;
  /** The counts as shares of the requests that completed or failed; null when none did. */
  readonly rates: Readonly<Record<ErrorClass, number | null>>;
  readonly retry_after: RetryAfterStatistics;
}

/** @param unfinishedRequests requests without a record, which count as aborted */
export function summarizeErrors(run: RunData, unfinishedRequests: number): ErrorStatistics {
  const counts = countErrors(run, () => true);
  const all = { ...counts, aborted: counts.aborted + unfinishedRequests };
  const sent = listRequests(run, ({ outcome }) => outcome !== 'cancelled').length + unfinishedRequests;
  const rates = ERROR_CLASSES.map((name) => [name, sent === 0 ? null : all[name] / sent]);
  const asked = run.column('retry_after_s');
  const waits = sortValues(asked);
  const refused = listRequests(run, ({ failure }) => failure?.status === 429 || failure?.status === 503);
  return {
    counts: all,
    rates: Object.fromEntries(rates) as Record<ErrorClass, number | null>,
    retry_after: {
      responses: waits.length,
      missing: refused.filter((request) => Number.isNaN(asked[request])).length,
      min_s: waits.at(0) ?? null,
      avg_s: waits.mean(),
      max_s: waits.at(-1) ?? null,
    },
  };
}
