import { describe, expect, it } from 'vitest';
import { successRatio } from './run-summary.ts';

describe('successRatio', () => {
  it.each([
    // Four of ten were cancelled on purpose: three of the six others completed.
    [{ total_requests: 10, completed_requests: 3, cancelled_requests: 4 }, 0.5],
    [{ total_requests: 10, completed_requests: 3, cancelled_requests: 0 }, 0.3],
    [{ total_requests: 4, completed_requests: 0, cancelled_requests: 4 }, null],
    [{ total_requests: 0, completed_requests: 0, cancelled_requests: 0 }, null],
  ])('takes no cancelled request for one that failed: %o', (summary, expected) => {
    expect(successRatio(summary)).toBe(expected);
  });
});
