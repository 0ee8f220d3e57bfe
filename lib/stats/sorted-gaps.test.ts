import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { createChunkGapsBuilder } from './chunk-gaps.ts';
import { sortGaps } from './sorted-gaps.ts';
import { countBelow } from './sorted-values.ts';

/** Gaps of 300,000 microseconds counts with ties, a few of them longer than those that are counted. */
const random = createRandom(7);
const REQUESTS = Array.from({ length: 3000 }, () =>
  Array.from({ length: 100 }, () =>
    random.next() < 0.001 ? random.integer(2_000_000, 9_000_000) / 1000 : random.integer(0, 30_000) / 1000,
  ),
);
const SORTED = Float64Array.from(REQUESTS.flat()).sort();

function sort(requests: readonly (readonly number[])[]) {
  const builder = createChunkGapsBuilder();
  for (const gaps of requests) builder.add(gaps);
  return sortGaps(
    builder.build(),
    Uint32Array.from(requests, (_, request) => request),
  );
}

describe('sortGaps', () => {
  it.each([
    ['counts many', REQUESTS, SORTED],
    ['sorts few', REQUESTS.slice(0, 10), Float64Array.from(REQUESTS.slice(0, 10).flat()).sort()],
    [
      'sorts those that are no whole microseconds',
      [...REQUESTS, [1 / 3]],
      Float64Array.from([...SORTED, 1 / 3]).sort(),
    ],
  ])('%s, and gives the same as sorting all of them', (_, requests, expected) => {
    const sorted = sort(requests);
    expect(sorted.length).toBe(expected.length);
    for (let rank = -1; rank <= expected.length; rank += 7) expect(sorted.at(rank)).toBe(expected.at(rank));
    expect([sorted.at(0), sorted.at(-1)]).toEqual([expected[0], expected.at(-1)]);
    const sum = expected.reduce((total, value) => total + value, 0);
    expect(sorted.sum() / sum).toBeCloseTo(1, 12);
    expect((sorted.mean() as number) / (sum / expected.length)).toBeCloseTo(1, 12);
    expect(countBelow(sorted, 0.05)).toBe(expected.filter((value) => value < 0.05).length);
    const each: number[] = [];
    sorted.each((value, count) => each.push(...new Array<number>(count).fill(value)));
    expect(Float64Array.from(each)).toEqual(expected);
  });

  it('has no value without gaps', () => {
    expect([sort([[]]).length, sort([[]]).at(0), sort([[]]).mean()]).toEqual([0, undefined, null]);
  });
});
