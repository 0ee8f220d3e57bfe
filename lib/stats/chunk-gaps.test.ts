import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChunkGaps, createChunkGapsBuilder } from './chunk-gaps.ts';

function collect(requests: readonly (readonly number[])[]): ChunkGaps {
  const builder = createChunkGapsBuilder();
  for (const gaps of requests) builder.add(gaps);
  return builder.build();
}

function readAll(gaps: ChunkGaps): number[][] {
  return Array.from(gaps.counts, (_, request) => [...gaps.of(request)]);
}

const microseconds = fc.oneof(
  fc.integer({ min: 0, max: 70_000 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(0, 65_534, 65_535, 65_536, 2 ** 32 - 1),
);
/** As a record has them: decimal fractions, read from JSON. */
const gap = microseconds.map((count) => Number((count / 1000).toFixed(3)));

describe('createChunkGapsBuilder', () => {
  it('gives back whole microseconds to the last digit', () => {
    fc.assert(
      fc.property(fc.array(fc.array(gap)), (requests) => {
        const gaps = collect(requests);
        expect(gaps.whole).toBe(true);
        expect(readAll(gaps)).toEqual(requests);
      }),
    );
  });

  it.each([
    ['finer than a microsecond', 0.1234567],
    ['longer than 71 minutes', 4_294_968],
    ['negative', -1.5],
  ])('keeps every gap exactly when one is %s', (_, other) => {
    const requests = [[20.123, 0], [], [other, 1 / 3], [0.001]];
    const gaps = collect(requests);
    expect(gaps.whole).toBe(false);
    expect(readAll(gaps)).toEqual(requests);
  });

  it('keeps answers that are longer than a page, and those after them', () => {
    const long = Array.from({ length: 600_000 }, (_, i) => (i % 1000) / 1000);
    const requests = [[1, 2], long, [3], Array.from({ length: 300_000 }, () => 70), [4, 5]];
    const gaps = collect(requests);
    expect(readAll(gaps)).toEqual(requests);
  });
});
