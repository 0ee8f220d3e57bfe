import type { RequestRecord } from '../measure/request-record.ts';
import { parseRetryAfter } from '../measure/retry-after.ts';

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
