import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { Failure } from '../measure/request-record.ts';
import { readRetryAfter } from '../measure/retry-after.ts';
import { FAILURE_KINDS } from '../shared/failure-kinds.ts';
import { collectRunData } from '../stats/run-data.ts';
import { classifyError } from './classify-error.ts';
import { summarizeErrors } from './error-statistics.ts';

const failure = (kind: Failure['kind'], status: number | null, detail = `HTTP ${status}`): Failure => ({
  kind,
  status,
  detail,
});

describe('classifyError', () => {
  it.each([
    ['rate-limited', 429, 'rate_limited'],
    ['http-status', 401, 'auth_error'],
    ['http-status', 403, 'auth_error'],
    ['http-status', 400, 'client_error'],
    ['http-status', 404, 'client_error'],
    ['http-status', 499, 'client_error'],
    ['http-status', 500, 'server_error'],
    ['http-status', 302, 'server_error'],
    ['timeout', null, 'server_error'],
    ['reset', 200, 'server_error'],
    ['cut', 200, 'server_error'],
    ['refused', null, 'server_error'],
    ['api-error', 200, 'server_error'],
    ['bad-payload', 200, 'server_error'],
    ['empty', 200, 'server_error'],
    ['aborted', null, 'aborted'],
  ] as const)('puts %s with status %s to %s', (kind, status, expected) => {
    expect(classifyError(failure(kind, status))).toBe(expected);
  });

  it('has a class for every kind', () => {
    for (const kind of FAILURE_KINDS) expect(classifyError(failure(kind, null))).toMatch(/^\w+$/);
  });
});

describe('readRetryAfter', () => {
  const wait = (detail: string): number | null =>
    readRetryAfter(exampleFailure({ failure: failure('rate-limited', 429, detail) }));

  it('reads seconds', () => {
    expect(wait('HTTP 429; Retry-After: 12; {"error":"slow down"}')).toBe(12);
    expect(wait('HTTP 503; Retry-After: 0')).toBe(0);
  });

  it('reads a date as the time from the end of the request', () => {
    // The example starts at 12:00:00 on 1 March 2026, a Sunday, and ends 50 ms later.
    expect(wait('HTTP 429; Retry-After: Sun, 01 Mar 2026 12:00:10 GMT; x')).toBeCloseTo(9.95, 6);
    expect(wait('HTTP 429; Retry-After: Sun, 01 Mar 2026 11:00:00 GMT')).toBe(0);
  });

  it.each(['HTTP 429', 'HTTP 429; Retry-After: soon', 'HTTP 429; Retry-After: -5', 'HTTP 429; Retry-After: ; x'])(
    'has nothing to read in %s',
    (detail) => expect(wait(detail)).toBeNull(),
  );

  it('takes no such words out of a body', () => {
    expect(wait('HTTP 429; the header was Retry-After: 7')).toBeNull();
    expect(readRetryAfter(exampleRecord())).toBeNull();
  });
});

describe('summarizeErrors', () => {
  it('counts failures by class, as shares of the requests sent, with what servers asked to wait for', () => {
    const limited = (detail: string) => exampleFailure({ failure: failure('rate-limited', 429, detail), status: 429 });
    const run = collectRunData([
      exampleRecord(),
      exampleRecord(),
      limited('HTTP 429; Retry-After: 1'),
      limited('HTTP 429; Retry-After: 4'),
      limited('HTTP 429'),
      exampleFailure({ failure: failure('http-status', 403) }),
      exampleFailure({ failure: failure('http-status', 503, 'HTTP 503; Retry-After: 10') }),
      exampleFailure({ warmup: true }),
    ]);
    // Eight were sent: seven records without the warm-up's, and one unfinished.
    expect(summarizeErrors(run, 1)).toEqual({
      counts: { rate_limited: 3, auth_error: 1, client_error: 0, server_error: 1, aborted: 1 },
      rates: { rate_limited: 3 / 8, auth_error: 1 / 8, client_error: 0, server_error: 1 / 8, aborted: 1 / 8 },
      retry_after: { responses: 3, missing: 1, min_s: 1, avg_s: 5, max_s: 10 },
    });
  });

  it('has no shares where nothing was sent', () => {
    expect(summarizeErrors(collectRunData([]), 0)).toMatchObject({
      rates: { server_error: null },
      retry_after: { responses: 0, min_s: null, avg_s: null, max_s: null },
    });
  });
});
