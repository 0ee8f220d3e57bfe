import type { Failure } from '../measure/request-record.ts';

/** Whose fault a failed request was, as far as it can be told. */
export const ERROR_CLASSES = ['rate_limited', 'auth_error', 'client_error', 'server_error', 'aborted'] as const;

export type ErrorClass = (typeof ERROR_CLASSES)[number];

/**
 * The class of a failure; every failure has exactly one.
 *
 * - `rate_limited`: status 429, and Anthropic's 529
 * - `auth_error`: status 401 or 403
 * - `client_error`: every other 4xx
 * - `aborted`: stopped by the client
 * - `server_error`: all else. A status that is neither 200 nor 4xx; a connection that was refused, reset or cut; a
 *   timeout; an error object, nonsense or nothing at all in a 200 answer.
 */
export function classifyError({ kind, status }: Failure): ErrorClass {
  if (kind === 'aborted') return 'aborted';
  if (kind === 'rate-limited') return 'rate_limited';
  if (kind !== 'http-status' || status === null || status < 400 || status > 499) return 'server_error';
  if (status === 429) return 'rate_limited';
  return status === 401 || status === 403 ? 'auth_error' : 'client_error';
}
