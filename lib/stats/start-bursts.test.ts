import { describe, expect, it } from 'vitest';
import { exampleRecord } from '../../tests/fixtures/example-record.ts';
import { createRandom } from '../shared/random.ts';
import { collectRunData } from './run-data.ts';
import { findStartBursts } from './start-bursts.ts';

/** Requests of a second each that start at the given times. */
const runOf = (starts: readonly number[]) =>
  collectRunData(
    starts.map((start_ms, index) => exampleRecord({ index, start_ms, end_ms: start_ms + 1000, latency_ms: 1000 })),
  );
const rounds = (count: number, startsOf: (round: number) => readonly number[]) =>
  Array.from({ length: count }, (_, round) => startsOf(round)).flat();

describe('findStartBursts', () => {
  it('finds streams whose answers have one length, in whatever order their records come', () => {
    // Eight streams, 2 ms after one another, four times.
    const starts = rounds(4, (round) => [0, 2, 4, 6, 8, 10, 12, 14].map((at) => round * 1010 + at));
    const expected = { bursts: 4, requests: 32, largest: 8, longest_ms: 14 };
    expect(findStartBursts(runOf(starts), 8)).toEqual(expected);
    expect(findStartBursts(runOf(starts.reverse()), 8)).toEqual(expected);
  });

  it('finds none in a loop that began at once and has come apart', () => {
    const spread = rounds(4, (round) =>
      Array.from({ length: 8 }, (_, stream) => round * 1000 + stream * (round === 0 ? 1 : 125)),
    );
    expect(findStartBursts(runOf(spread), 8)).toBeNull();
  });

  it('finds none among many streams that only start often', () => {
    // A thousand starts a second, a millisecond apart: a tenth of the streams in a tenth of the time.
    expect(findStartBursts(runOf(Array.from({ length: 4000 }, (_, i) => i)), 1000)).toBeNull();
  });

  it.each([4, 5, 6, 8])(
    'finds none in %i streams that each go on when their answer, of any length, has ended',
    (streams) => {
      for (let seed = 1; seed <= 20; seed++) {
        const random = createRandom(seed);
        // Answers of 0.25 to 1.75 s, 25 of each stream, as those of 36 to 256 tokens.
        const starts = Array.from({ length: streams }, () => {
          let at = 0;
          return Array.from({ length: 25 }, () => (at += 250 + 1500 * random.next()));
        });
        expect(findStartBursts(runOf(starts.flat()), streams)).toBeNull();
      }
    },
  );

  it('says nothing of few streams, few rounds, no requests and streams that nobody counted', () => {
    const starts = rounds(4, (round) => [0, 1, 2].map((at) => round * 1000 + at));
    expect(findStartBursts(runOf(starts), 3)).toBeNull();
    expect(findStartBursts(runOf(starts), null)).toBeNull();
    expect(findStartBursts(runOf([0, 1, 2, 3, 1000, 1001, 1002, 1003]), 4)).toBeNull();
    expect(findStartBursts(runOf([]), 8)).toBeNull();
  });
});
