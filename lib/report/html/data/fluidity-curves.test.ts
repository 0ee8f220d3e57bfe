import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../../tests/fixtures/example-record.ts';
import { collectRunData } from '../../../stats/run-data.ts';
import { traceFluidity } from './fluidity-curves.ts';

describe('traceFluidity', () => {
  it('has the index of docs/metrics.md at 25 ms, and what other deadlines make of the same answers', () => {
    const example = exampleRecord({ chunk_gaps_ms: [10, 10, 60, 25, 100], chunks: 6 });
    const steady = exampleRecord({ index: 1, chunk_gaps_ms: [10, 10, 10, 10], chunks: 5 });
    const curves = traceFluidity(collectRunData([example, steady, exampleFailure()]), 'quick-start');
    const at = (deadline: number) => {
      const place = curves.deadline_ms.indexOf(deadline);
      return [curves.mean[place], curves.p5[place], curves.fluent[place]];
    };
    expect([curves.answers, curves.sampled, curves.default_ms]).toEqual([2, false, 25]);
    // 3 of 8 deadlines of the first answer (docs/metrics.md), 4 of 4 of the second: 0.375 and 1, in three decimals.
    expect(at(25)).toEqual([0.688, 0.375, 0.5]);
    // Gaps of 10, 10, 60, 25 and 100 against 5 ms miss 2, 2, 12, 5 and 20; four of 10 miss 2 each.
    expect(at(5)).toEqual([0, 0, 0]);
    // At 50: slack 40, 80, 70, 95, then 100 <= 50 + 95: all are met, and the curves end.
    expect(at(50)).toEqual([1, 1, 1]);
    expect(curves.deadline_ms.at(-1)).toBe(50);
  });

  it('is of evenly spaced answers where there are many, and of none without gaps in their order', () => {
    const many = Array.from({ length: 4001 }, (_, index) => exampleRecord({ index }));
    expect(traceFluidity(collectRunData(many), 'linear')).toMatchObject({ answers: 1334, sampled: true });
    const several = exampleRecord({ choices: 2 });
    const none = traceFluidity(collectRunData([several, exampleRecord({ chunk_gaps_ms: [], chunks: 1 })]), 'linear');
    expect(none).toMatchObject({ answers: 0, deadline_ms: [], mean: [] });
  });
});
