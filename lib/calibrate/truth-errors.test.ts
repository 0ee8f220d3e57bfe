import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { readMockTruth } from './mock-truth.ts';
import { compareWithTruth } from './truth-errors.ts';

/**
 * The mock's answer to a prompt: arrival at 1000, outputs handed over at the given times, each half a millisecond after its
 * write began, usage and `[DONE]` after the last.
 */
const timing = (prompt: string, outputs: readonly number[], end: number) => ({
  arrival_ms: 1000,
  completion_tokens: outputs.length,
  max_late_ms: 0.5,
  body: { messages: [{ role: 'user', content: prompt }] },
  chunks: [
    { from_ms: 1001, at_ms: 1001, kind: 'role', tokens: 0 },
    ...outputs.map((at_ms) => ({ from_ms: at_ms - 0.5, at_ms, kind: 'content', tokens: 1 })),
    { from_ms: end, at_ms: end, kind: 'usage', tokens: 0 },
    { from_ms: end + 500, at_ms: end + 500, kind: 'ping', tokens: 0 },
    { from_ms: end + 900, at_ms: end + 900, kind: 'done', tokens: 0 },
  ],
});

describe('compareWithTruth', () => {
  it('finds no error where the client saw each event as the server had handed it over, on whatever clock', () => {
    const truth = readMockTruth([timing('a', [1100, 1110, 1120], 1120), timing('b', [1199.5, 1210], 1210)]);
    // The client's clock is 400 ms behind, its start 2 ms before the arrival. The first event of b has come as its write began.
    const a = exampleRecord({ start_ms: 598, ttft_ms: 102, latency_ms: 122, tpot_ms: 10, chunk_gaps_ms: [10, 10] });
    const b = exampleRecord({
      index: 1,
      start_ms: 598,
      ttft_ms: 201,
      latency_ms: 212,
      tpot_ms: 11,
      chunk_gaps_ms: [11],
    });
    const { errors, requests, sending } = compareWithTruth([a, b], ({ index }) => truth.get(index === 0 ? 'a' : 'b')!);
    expect(requests).toBe(2);
    expect(sending).toEqual({ count: 2, median_ms: 2, p99_ms: 2, max_ms: 2 });
    expect(errors.itl.count).toBe(3);
    expect(errors.latency.max_ms).toBe(0);
    // Half a millisecond before it had been handed over.
    expect([errors.ttft, errors.itl, errors.tpot].map(({ max_ms }) => max_ms)).toEqual([0.5, 0.5, 0.5]);
    expect(errors.ttft.count).toBe(2);
  });

  it('takes errors without sign, ITL gap by gap', () => {
    const truth = readMockTruth([timing('a', [1100, 1110, 1120], 1130)]);
    const record = exampleRecord({
      start_ms: 1000,
      ttft_ms: 99.5,
      latency_ms: 128,
      tpot_ms: 14,
      chunk_gaps_ms: [11, 13],
    });
    const { errors, sending, server_late_p99_ms } = compareWithTruth([record], () => truth.get('a')!);
    // The first event was seen at 1099.5, as its write began, so that both clocks are the same.
    // TTFT 99.5 for 100; latency 128 for 130; TPOT 14 for (130 - 100) / 2; gaps 11 and 13 for 10 and 10.
    expect(sending.max_ms).toBe(0);
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
