import { describe, expect, it } from 'vitest';
import { findFirst } from './find-first.ts';

describe('findFirst', () => {
  it('finds where something begins to hold', () => {
    const squares = [0, 1, 4, 9, 16];
    const firstAbove = (limit: number) => findFirst(0, squares.length, (at) => (squares[at] as number) > limit);
    expect([-1, 0, 4, 5, 16].map(firstAbove)).toEqual([0, 1, 3, 3, 5]);
  });

  it('looks at nothing in an empty range', () => {
    expect(findFirst(3, 3, () => true)).toBe(3);
  });
});
