import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

describe('turns of VUs', () => {
  it('come in order, one in each turn of the event loop', async () => {
    const turns = createTurns();
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) turns.take(() => seen.push(name));
    const counts: number[] = [];
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      counts.push(seen.length);
    }
    expect(counts).toEqual([1, 2, 3, 3]);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('that are asked for in a turn come after those that wait', async () => {
    const turns = createTurns();
    const seen: string[] = [];
    turns.take(() => {
      seen.push('a');
      turns.take(() => seen.push('c'));
    });
    turns.take(() => seen.push('b'));
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});
