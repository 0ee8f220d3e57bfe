import type { RequestRecord } from './request-record.ts';

/** Ten years: what a server asks beyond that is a mistake. */
const LONGEST_S = 315_360_000;

/**
 * How long a server asks to wait before the next try (RFC 9110, 10.2.3).
 *
 * @param value  the `Retry-After` header: whole seconds, or a date, which counts from the end of the request on
 * @param ended  wall clock at the end of the request, milliseconds since 1970; NaN where it is not known
 * @returns seconds, 0 where the date has passed; null where it is neither, or no time that anybody waits
 */
export function parseRetryAfter(value: string | null, ended: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return bounded(Number(text));
  if (!/^[A-Z][a-z]{2,8}, /.test(text)) return null;
  const seconds = (Date.parse(text) - ended) / 1000;
  return Number.isNaN(seconds) ? null : bounded(Math.max(0, seconds));
}

function bounded(seconds: number): number | null {
  return seconds <= LONGEST_S ? seconds : null;
}

/**
 * How long a server asked to wait before the next try, in seconds. Records of version 1 have it in the detail of the failure
 * alone, before the body: `HTTP 429; Retry-After: 2; {"error": …}`.
 *
 * @returns null where the response had none, or one that cannot be read
 */
export function readRetryAfter(record: RequestRecord): number | null {
  if (record.retry_after_s !== null) return record.retry_after_s;
  const text = /^HTTP \d+; Retry-After: ([^;]*)/.exec(record.failure?.detail ?? '')?.[1] ?? null;
  return parseRetryAfter(text, Date.parse(record.started_at) + (record.end_ms - record.start_ms));
}
