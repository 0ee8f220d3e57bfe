import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../records/example-record.ts';
import { readMockTruth } from './mock-truth.ts';
import { compareWithTruth } from './truth-errors.ts';

/** The mock's answer to a prompt: arrival at 1000, outputs at the given times, usage and `[DONE]` behind the last. */
const timing = (prompt: string, outputs: readonly number[], end: number) => ({
  arrival_ms: 1000,
  completion_tokens: outputs.length,
  max_late_ms: 0.5,
  body: { messages: [{ role: 'user', content: prompt }] },
  chunks: [
    { at_ms: 1001, kind: 'role', tokens: 0 },
    ...outputs.map((at_ms) => ({ at_ms, kind: 'content', tokens: 1 })),
    { at_ms: end, kind: 'usage', tokens: 0 },
    { at_ms: end + 500, kind: 'ping', tokens: 0 },
    { at_ms: end + 900, kind: 'done', tokens: 0 },
  ],
});

describe('compareWithTruth', () => {
  it('finds no error where client and server saw the same', () => {
    const truth = readMockTruth([timing('a', [1100, 1110, 1120], 1120)]);
    const record = exampleRecord({
      ttft_ms: 100,
      latency_ms: 120,
      tpot_ms: 10,
      chunk_gaps_ms: [10, 10],
      output_tokens: 3,
    });
    const { errors, requests } = compareWithTruth([record], () => truth.get('a')!);
    expect(requests).toBe(1);
    expect(Object.values(errors).map(({ max_ms }) => max_ms)).toEqual([0, 0, 0, 0]);
    expect(errors.itl.count).toBe(2);
  });

  it('takes errors without sign, TTFT and latency from the arrival, ITL gap by gap', () => {
    const truth = readMockTruth([timing('a', [1100, 1110, 1120], 1130)]);
    const record = exampleRecord({ ttft_ms: 100.5, latency_ms: 128, tpot_ms: 14, chunk_gaps_ms: [11, 7] });
    const { errors, server_late_p99_ms } = compareWithTruth([record], () => truth.get('a')!);
    // TTFT 100.5 for 100; latency 128 for 130; TPOT 14 for (130 - 100) / 2; gaps 11 and 7 for 10 and 10.
    expect(errors.ttft.max_ms).toBeCloseTo(0.5, 9);
    expect(errors.latency.max_ms).toBeCloseTo(2, 9);
    expect(errors.tpot.max_ms).toBeCloseTo(1, 9);
    expect(errors.itl).toEqual({ count: 2, median_ms: 3, p99_ms: 3, max_ms: 3 });
    expect(server_late_p99_ms).toBe(0.5);
  });

  it('refuses a request that failed, and one whose chunks are not those that were sent', () => {
    const truth = readMockTruth([timing('a', [1100, 1110], 1110)]).get('a')!;
    const failed = exampleFailure();
    expect(() => compareWithTruth([failed], () => truth)).toThrow('request 0 failed: HTTP 500');
    const longer = exampleRecord({ chunk_gaps_ms: [1, 2, 3] });
    expect(() => compareWithTruth([longer], () => truth)).toThrow('4 chunks measured, 2 sent');
  });

  it('refuses two requests that the prompt does not tell apart', () => {
    expect(() => readMockTruth([timing('a', [1100], 1100), timing('a', [1100], 1100)])).toThrow('two requests');
  });
});
