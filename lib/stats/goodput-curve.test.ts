import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { computeGoodput } from '../verdict/goodput.ts';
import { listGoodputCurves, summarizeGoodput } from './goodput-curve.ts';
import { collectRunData } from './run-data.ts';

const answer = (index: number, ttft: number, tokens: number | null, more: Partial<RequestRecord> = {}) =>
  exampleRecord({ index, start_ms: 0, end_ms: 4000, ttft_ms: ttft, output_tokens: tokens, tpot_ms: 15, ...more });

// Six are judged: four that completed, one that failed, one that left no record. The user who left is in no count.
const run = collectRunData(
  [
    answer(0, 450, 30),
    answer(1, 90, 10),
    answer(2, 1500, 40, { latency_ms: 2500 }),
    answer(3, 200, 1, { tpot_ms: null }),
    exampleFailure({ index: 4, start_ms: 0, end_ms: 5000 }),
    exampleFailure({ index: 5, start_ms: 0, end_ms: 100, outcome: 'cancelled', failure: null, ttft_ms: 20 }),
  ],
  1,
);

describe('goodput over the limit', () => {
  it('has failures in the denominator and cancelled requests in none', () => {
    const { ttft, tpot, latency } = summarizeGoodput(listGoodputCurves(run));
    // 5 s from the first start to the last end, that of the failed one. 90 | 200 | 450 | 1500 ms with 10, 1, 30, 40 tokens.
    expect(ttft).toEqual([
      { limit_ms: 100, requests_ratio: 1 / 6, requests_per_s: 0.2, output_tokens_per_s: 2 },
      { limit_ms: 200, requests_ratio: 2 / 6, requests_per_s: 0.4, output_tokens_per_s: (11 / 5000) * 1000 },
      { limit_ms: 500, requests_ratio: 3 / 6, requests_per_s: 0.6, output_tokens_per_s: (41 / 5000) * 1000 },
      { limit_ms: 1000, requests_ratio: 3 / 6, requests_per_s: 0.6, output_tokens_per_s: (41 / 5000) * 1000 },
      { limit_ms: 2000, requests_ratio: 4 / 6, requests_per_s: 0.8, output_tokens_per_s: (81 / 5000) * 1000 },
      { limit_ms: 5000, requests_ratio: 4 / 6, requests_per_s: 0.8, output_tokens_per_s: (81 / 5000) * 1000 },
    ]);
    // The answer of one token has no pace and keeps every limit on it, the others from 15 ms on.
    expect(tpot?.map(({ requests_ratio }) => requests_ratio)).toEqual([1 / 6, 4 / 6, 4 / 6, 4 / 6, 4 / 6, 4 / 6]);
    expect(latency?.map(({ requests_ratio }) => requests_ratio)).toEqual([3 / 6, 3 / 6, 4 / 6, 4 / 6, 4 / 6, 4 / 6]);
  });

  it.each(['ttft', 'tpot', 'latency'] as const)('agrees with the gate on %s at every point', (metric) => {
    for (const point of summarizeGoodput(listGoodputCurves(run))[metric] ?? []) {
      const limits = [{ metric, operator: '<=' as const, limit: point.limit_ms }];
      expect(point).toEqual({
        limit_ms: point.limit_ms,
        requests_ratio: computeGoodput(run, () => true, 'goodput', limits, run.unfinished),
        requests_per_s: computeGoodput(run, () => true, 'goodput_per_s', limits, run.unfinished),
        output_tokens_per_s: computeGoodput(run, () => true, 'goodput_tokens_per_s', limits, run.unfinished),
      });
    }
  });

  it('has no tokens where nobody counted them, and no curve where nobody was answered', () => {
    const uncounted = collectRunData([answer(0, 450, null), answer(1, 90, null)]);
    expect(summarizeGoodput(listGoodputCurves(uncounted)).ttft?.[0]).toMatchObject({ output_tokens_per_s: null });
    expect(listGoodputCurves(collectRunData([exampleFailure()]))).toEqual([]);
    expect(listGoodputCurves(collectRunData([]))).toEqual([]);
  });
});
