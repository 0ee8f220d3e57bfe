import { describe, expect, it } from 'vitest';
import { areSeparateSegments, measureSegments } from './segment.ts';

describe('areSeparateSegments', () => {
  // k6 2.2 writes 2/4:3/4 as 1/2:3/4, and 50%:100% as 1/2:1.
  it.each([
    ['0:1/2', '1/2:1', true],
    ['1/2:1', '0:1/2', true],
    ['0:1/3', '1/3:2/3', true],
    ['0:0.25', '25%:1', true],
    ['0:1/2', '0:1/2', false],
    ['0:1/2', '1/3:1', false],
    ['0:1', '0:1/2', false],
    ['0:1/2', null, false],
    [null, null, false],
    ['0:1/2', 'half', false],
  ])('of %s and %s says %s', (one, other, separate) => {
    expect(areSeparateSegments(one, other)).toBe(separate);
  });
});

describe('measureSegments', () => {
  it.each([
    [['0:1/2'], 1 / 2],
    [['0:1/4', '1/2:3/4'], 1 / 2],
    [['0:1/3', '1/3:2/3', '2/3:1'], null],
    [[], null],
    [['half'], null],
  ])('of %s says %s', (segments, share) => {
    const measured = measureSegments(segments);
    if (share === null) expect(measured).toBeNull();
    else expect(measured).toBeCloseTo(share, 12);
  });
});
