import { describe, expect, it } from 'vitest';
import { formatCount } from './format-count.ts';

describe('formatCount', () => {
  it('has a noun in its number, and what goes with it', () => {
    expect([0, 1, 2].map((count) => formatCount(count, 'request'))).toEqual(['0 requests', '1 request', '2 requests']);
    expect(formatCount(1, 'request was', 'requests were')).toBe('1 request was');
    expect(formatCount(1200, 'run', undefined, (count) => `${count / 1000} thousand`)).toBe('1.2 thousand runs');
  });
});
