import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChunkGaps, createChunkGapsBuilder } from './chunk-gaps.ts';

function collect(requests: readonly (readonly number[])[]): ChunkGaps {
  const builder = createChunkGapsBuilder();
  for (const gaps of requests) builder.add(gaps);
  return builder.build();
}

function readAll({ values, perMs, starts }: ChunkGaps): number[][] {
  return Array.from({ length: starts.length - 1 }, (_, request) =>
    Array.from(values.subarray(starts[request], starts[request + 1]), (value) => value / perMs),
  );
}

describe('createChunkGapsBuilder', () => {
  it('gives back whole microseconds to the last digit, out of four bytes each', () => {
    const microseconds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    // As a record has them: decimal fractions, read from JSON.
    const gap = microseconds.map((count) => Number((count / 1000).toFixed(3)));
    fc.assert(
      fc.property(fc.array(fc.array(gap)), (requests) => {
        const gaps = collect(requests);
        expect(gaps.values).toBeInstanceOf(Uint32Array);
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
    expect(gaps.values).toBeInstanceOf(Float64Array);
    expect(readAll(gaps)).toEqual(requests);
  });
});
