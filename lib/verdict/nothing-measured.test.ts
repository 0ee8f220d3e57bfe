import { describe, expect, it } from 'vitest';
import { findNothingMeasured, sayUnread } from './nothing-measured.ts';

describe('findNothingMeasured', () => {
  it('finds nothing where a request completed', () => {
    expect(findNothingMeasured({ completed_requests: 1, total_requests: 3 }, 'refused: x', null)).toBeNull();
  });

  it('tells how many were tried, and what the first one ran into', () => {
    expect(
      findNothingMeasured({ completed_requests: 0, total_requests: 3 }, 'refused: connection refused', null),
    ).toEqual({
      state: 'none-completed',
      text: 'nothing was measured: 0 of 3 requests completed; first failure: refused: connection refused',
    });
  });

  it('tells of a run that got no further than its warm-up', () => {
    expect(findNothingMeasured({ completed_requests: 0, total_requests: 0 }, null, null, 3)).toEqual({
      state: 'none-completed',
      text: 'nothing was measured: only 3 warm-up requests were sent',
    });
  });

  it('holds the words of a connection test that failed, on one line', () => {
    const lines = ['connection test failed: POST http://h', '  got:   HTTP 401: "no"', ''];
    expect(findNothingMeasured({ completed_requests: 0, total_requests: 0 }, null, lines)).toEqual({
      state: 'no-run',
      text: 'nothing was measured: connection test failed: POST http://h; got: HTTP 401: "no"',
    });
    expect(findNothingMeasured({ completed_requests: 0, total_requests: 0 }, null, null)?.text).toBe(
      'nothing was measured: no request was sent',
    );
  });

  it('does not say that nothing was sent where the records are of a newer version', () => {
    const nothing = findNothingMeasured({ completed_requests: 0, total_requests: 0 }, null, null);
    const problems = [{ text: 'record version 3 is of a newer k6-llm-perf; this one reads versions 1 and 2' }];
    expect(sayUnread(nothing, { lostRecords: 12, problems })).toEqual({
      state: 'none-completed',
      text: `nothing was measured: 12 records cannot be read; ${problems[0]?.text}`,
    });
    expect(sayUnread(nothing, { lostRecords: 0, problems })).toBe(nothing);
    expect(sayUnread(null, { lostRecords: 12, problems })).toBeNull();
  });
});
