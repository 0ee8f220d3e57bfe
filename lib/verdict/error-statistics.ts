import type { RequestRecord } from '../measure/request-record.ts';
import { classifyError, ERROR_CLASSES, type ErrorClass } from './classify-error.ts';
import { readRetryAfter } from './retry-after.ts';

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

/** Takes the records of a run in any order. */
export interface ErrorCounter {
  add(record: RequestRecord): void;
  /** @param unfinishedRequests requests without a record, which count as aborted */
  summarize(unfinishedRequests: number): ErrorStatistics;
}

export function createErrorCounter(): ErrorCounter {
  const counts = zeroes();
  const waits: number[] = [];
  let requests = 0;
  let missing = 0;
  return {
    add(record) {
      if (record.warmup === true || record.outcome === 'cancelled') return;
      requests += 1;
      const { failure } = record;
      if (failure === null) return;
      counts[classifyError(failure)] += 1;
      const wait = readRetryAfter(record);
      if (wait !== null) waits.push(wait);
      else if (failure.status === 429 || failure.status === 503) missing += 1;
    },
    summarize(unfinishedRequests) {
      const all = { ...counts, aborted: counts.aborted + unfinishedRequests };
      const sent = requests + unfinishedRequests;
      const rates = Object.fromEntries(
        ERROR_CLASSES.map((name) => [name, sent === 0 ? null : all[name] / sent]),
      ) as Record<ErrorClass, number | null>;
      const sorted = Float64Array.from(waits).sort();
      const sum = sorted.reduce((total, wait) => total + wait, 0);
      return {
        counts: all,
        rates,
        retry_after: {
          responses: sorted.length,
          missing,
          min_s: sorted[0] ?? null,
          avg_s: sorted.length === 0 ? null : sum / sorted.length,
          max_s: sorted.at(-1) ?? null,
        },
      };
    },
  };
}

function zeroes(): Record<ErrorClass, number> {
  return { rate_limited: 0, auth_error: 0, client_error: 0, server_error: 0, aborted: 0 };
}
