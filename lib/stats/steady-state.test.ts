import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import { createRunDataBuilder, type RunData } from './run-data.ts';
import { findSteadyState } from './steady-state.ts';

/** A request every 100 ms, by turns 200 and 204 ms long; the first `cold` ones take a second more. */
function run(count: number, cold: number): RunData {
  const builder = createRunDataBuilder();
  for (let index = 0; index < count; index++) {
    const latency = 200 + (index % 2) * 4 + (index < cold ? 1000 : 0);
    builder.add(
      exampleRecord({
        index,
        start_ms: 1000 + index * 100,
        end_ms: 1000 + index * 100 + latency,
        latency_ms: latency,
        output_tokens: 10,
        chunk_gaps_ms: [20, index < cold ? 90 : 30],
      }),
    );
  }
  return builder.build();
}

describe('findSteadyState', () => {
  it('leaves the slow beginning out, and what ends after the last start', () => {
    const steady = findSteadyState(run(100, 10), 'quick-start');
    expect(steady).toMatchObject({ method: 'MSER-5', state: 'found', left_out_requests: 10, requests: 90 });
    // The 11th request starts at 2000 ms, the 100th at 10,900 ms.
    expect([steady.from_ms, steady.to_ms]).toEqual([2000, 10_900]);
    expect(steady.timings?.latency_ms).toMatchObject({ mean: 202, p50: 204, p99: 204 });
    expect(steady.timings?.itl_ms).toMatchObject({ mean: 25, p50: 30, p99: 30 });
    // Ends in (2000, 10900]: requests 10 to 96 (the last ends at 10,800 or before), and the ten slow ones, which end from
    // 2200 on: 97 in 8.9 s; but request 97 (10,904 ms) ends later.
    expect(steady.requests_per_s).toBeCloseTo(97 / 8.9, 9);
    expect(steady.output_tokens_per_s).toBeCloseTo(970 / 8.9, 9);
  });

  it('keeps everything of a run that is steady from the start', () => {
    expect(findSteadyState(run(100, 0), 'quick-start')).toMatchObject({ state: 'found', left_out_requests: 0 });
  });

  it('begins after the ramp-up, which counts from the first start, that of a warm-up request too', () => {
    // From 1000 ms on, one every 100 ms: the 21st starts at 3000 ms.
    const steady = findSteadyState(run(100, 0), 'quick-start', 2000);
    expect(steady).toMatchObject({ state: 'found', from_ms: 3000, left_out_requests: 20, requests: 80 });
    const builder = createRunDataBuilder();
    builder.add(exampleRecord({ start_ms: 500, end_ms: 600, warmup: true }));
    for (let i = 0; i < 60; i++) builder.add(exampleRecord({ start_ms: 1000 + i, end_ms: 2000 + i, latency_ms: 200 }));
    expect(findSteadyState(builder.build(), 'quick-start', 505)).toMatchObject({ from_ms: 1005, left_out_requests: 5 });
  });

  it('says when a run is too short, or never settles', () => {
    expect(findSteadyState(run(49, 5), 'quick-start')).toMatchObject({
      state: 'too-short',
      requests: null,
      timings: null,
    });
    const builder = createRunDataBuilder();
    for (let i = 0; i < 100; i++) builder.add(exampleRecord({ start_ms: i, end_ms: 2 * i + 1, latency_ms: i + 1 }));
    expect(findSteadyState(builder.build(), 'quick-start').state).toBe('not-settled');
  });

  it('looks at completed requests only, and has nothing of a run without any', () => {
    const builder = createRunDataBuilder();
    for (let i = 0; i < 100; i++) builder.add(exampleFailure({ start_ms: i, end_ms: i + 50 }));
    expect(findSteadyState(builder.build(), 'quick-start').state).toBe('too-short');
  });
});
