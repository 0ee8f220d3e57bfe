import type { RequestRecord } from '../measure/request-record.ts';

/**
 * How long a server asked to wait before the next try (RFC 9110, 10.2.3), from the detail of a failure, where it stands
 * before the body: `HTTP 429; Retry-After: 2; {"error": …}`.
 *
 * A date is taken as the time from the end of the request until then, 0 where that has passed.
 * @returns seconds; null where the response had none, or one that is neither a whole number nor a date
 */
export function readRetryAfter(record: RequestRecord): number | null {
  const detail = record.failure?.detail ?? '';
  const text = /^HTTP \d+; Retry-After: ([^;]*)/.exec(detail)?.[1]?.trim();
  if (text === undefined || text === '') return null;
  if (/^\d+$/.test(text)) return Number(text);
  if (!/^[A-Z][a-z]{2,8}, /.test(text)) return null;
  const ended = Date.parse(record.started_at) + (record.end_ms - record.start_ms);
  const until = Date.parse(text);
  return Number.isNaN(until) || Number.isNaN(ended) ? null : Math.max(0, (until - ended) / 1000);
}
