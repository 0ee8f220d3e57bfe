import { describe, expect, it } from 'vitest';
import { findParetoFront } from './pareto-front.ts';

const points = [
  { x: 3, y: 10 },
  { x: 1, y: 5 },
  { x: 2, y: 4 },
  { x: 4, y: 10 },
];

describe('findParetoFront', () => {
  it('leaves out what another point beats, by rising x', () => {
    // (2, 4) is slower and less than (1, 5); (4, 10) is slower than (3, 10).
    expect(findParetoFront(points, 'lower-x')).toEqual([1, 0]);
    expect(findParetoFront(points, 'higher-x')).toEqual([3]);
  });

  it('keeps points that are equal in both', () => {
    expect(findParetoFront([points[0], points[0]] as typeof points, 'lower-x')).toEqual([0, 1]);
    expect(findParetoFront([], 'lower-x')).toEqual([]);
  });
});
