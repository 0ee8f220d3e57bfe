import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { collectRunData, listRequests, requestAt, sortSelected } from './run-data.ts';

const RECORDS = [
  exampleRecord({ index: 7, end_ms: 3000, ttft_ms: 30, chunk_gaps_ms: [3, 1] }),
  exampleFailure({ index: 8, end_ms: 1000 }),
  exampleRecord({ index: 9, end_ms: 2000, ttft_ms: 10, chunk_gaps_ms: [2], late_ms: 4 }),
  exampleRecord({ index: 10, end_ms: 4000, ttft_ms: 99, chunk_gaps_ms: [9], clock_steps: 1 }),
  exampleRecord({ index: 11, warmup: true }),
];

describe('collectRunData', () => {
  const run = collectRunData(RECORDS, 2);

  it('keeps the requests in the order they came, and those of the warm-up apart', () => {
    expect([...run.column('index')]).toEqual([7, 8, 9, 10]);
    expect([run.count, run.unfinished, run.warmups?.count]).toEqual([4, 2, 1]);
    expect([...run.byEnd()]).toEqual([1, 2, 0, 3]);
  });

  it('has a column that begins in the middle of a run, and NaN where a request has no number', () => {
    expect([...run.column('late')]).toEqual([Number.NaN, Number.NaN, 4, Number.NaN]);
    expect([...run.column('retry_after_s')]).toEqual(new Array(4).fill(Number.NaN));
  });

  it('leaves out of a metric the requests that do not have it, by its own rule', () => {
    expect([...run.column('ttft')]).toEqual([30, Number.NaN, 10, 99]);
    expect([...run.values('ttft')]).toEqual([30, Number.NaN, 10, Number.NaN]);
    const { length, at, mean } = run.sorted('ttft');
    expect([length, at(0), at(-1), at(2), mean()]).toEqual([2, 10, 30, undefined, 20]);
  });

  it('pools the gaps of timed requests, and those of requests with a label that is meant', () => {
    const sorted = run.sorted('itl');
    expect([0, 1, 2, 3].map((rank) => sorted.at(rank))).toEqual([1, 2, 3, undefined]);
    expect(sortSelected(run, 'itl', ({ index }) => index !== 7).length).toBe(0);
    expect([...run.gaps.of(0)]).toEqual([3, 1]);
  });

  it('tells requests apart by what they have in common', () => {
    expect(run.labels.map(({ outcome, clock_steps }) => [outcome, clock_steps])).toEqual([
      ['completed', undefined],
      ['failed', undefined],
      ['completed', 1],
    ]);
    expect([...listRequests(run, ({ failure }) => failure !== null)]).toEqual([1]);
    expect(requestAt(run, 2)).toMatchObject({ outcome: 'completed', chunk_gaps_ms: [2] });
  });
});
