import { describe, expect, it } from 'vitest';
import { computePlannedShare, computeSegmentShare } from './segment-share.ts';

describe('computeSegmentShare', () => {
  it.each([
    [['0:1/4'], 0.25],
    [['1/2'], 0.5],
    [['1/2:3/4', '0:1/4'], 0.5],
    [['25%:50%'], 0.25],
    [['0.5:1'], 0.5],
    [['0:1/2', '1/2:1'], 1],
    [[null], 1],
    [['nonsense'], 1],
    [['1:0'], 1],
  ])('of %j is %f', (segments, share) => {
    expect(computeSegmentShare(segments)).toBeCloseTo(share, 12);
  });
});

describe('computePlannedShare', () => {
  it('is the smaller number where the engine may round, and all without segments', () => {
    expect(computePlannedShare(15, ['0:1/2'])).toBe(7);
    expect(computePlannedShare(10, ['0:1/3', '1/3:2/3', '2/3:1'])).toBe(10);
    expect(computePlannedShare(15, [])).toBe(15);
    expect(computePlannedShare(null, ['0:1/2'])).toBeNull();
  });
});
