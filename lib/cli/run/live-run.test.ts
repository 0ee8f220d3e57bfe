import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../../measure/request-record.ts';
import { formatLine, type OwnKind } from '../../records/record-line.ts';
import { createLiveRun, type LiveRun, type LiveRunOptions } from './live-run.ts';

const PLANNED: LiveRunOptions = { total: 6, durationMs: null, parallel: 2, warmups: 0, readTimeoutMs: 10_000 };

/** A run whose clock is moved by hand. */
function follow(changes: Partial<LiveRunOptions> = {}) {
  const clock = { now: 0 };
  const live = createLiveRun({ ...PLANNED, ...changes, now: () => clock.now });
  const take = (kind: OwnKind, content: object): boolean => live.take(Buffer.from(formatLine(kind, content)));
  const record = (fields: Partial<RequestRecord> = {}): boolean => take('record', exampleRecord(fields));
  return { clock, live, take, record };
}

const overdue = (live: LiveRun): readonly number[] => live.state().overdue;

describe('createLiveRun', () => {
  it('adds requests up: each of 5 tokens, 100 ms to the first, and one that failed', () => {
    const { live, clock, take, record } = follow();
    expect(live.state()).toMatchObject({ elapsedMs: 0, done: 0, total: 6, ttftMs: null });
    record({ start_ms: 1000, end_ms: 1141 });
    record({ start_ms: 1141, end_ms: 1300, ttft_ms: 120 });
    take('record', exampleFailure({ start_ms: 1000, end_ms: 1050 }));
    clock.now = 200;
    // Since the first began: from 1000 to 1300 on the run's clock, and 200 ms since that was read.
    const state = live.state();
    expect(state).toMatchObject({ elapsedMs: 500, done: 3, failed: 1, outputTokens: 10 });
    expect(state.ttftMs?.p50).toBeCloseTo(100, -1);
    expect(state.ttftMs?.p99).toBeCloseTo(120, -1);
  });

  it('has rates that do not fall while the next requests are under way, and fall where the service hangs', () => {
    const { live, clock, record } = follow();
    // Two a second at all times: the rates are over 1 s, from 1000 to 2000.
    record({ start_ms: 1000, end_ms: 2000 });
    record({ start_ms: 1000, end_ms: 2000 });
    for (const [now, counted] of [
      [0, 1000],
      [999, 1000],
      // The longest request took 1 s.
      [1500, 1500],
    ] as const) {
      clock.now = now;
      expect(live.state()).toMatchObject({ elapsedMs: 1000 + now, countedMs: counted, measuredMs: counted });
    }
  });

  it('counts the inputs of those that completed', () => {
    const { live, record, take } = follow();
    expect(live.state().inputs).toBeNull();
    record({ inputs: 10, output_tokens: null });
    take('record', exampleFailure({ inputs: 10 }));
    expect(live.state().inputs).toBe(10);
  });

  it('keeps warm-up requests apart, and their time out of the rates', () => {
    const { live, record } = follow({ warmups: 1 });
    record({ start_ms: 1000, end_ms: 2000, warmup: true });
    record({ start_ms: 2000, end_ms: 2500 });
    expect(live.state()).toMatchObject({ elapsedMs: 1500, measuredMs: 500, done: 1, warmup: { done: 1, total: 1 } });
    expect(live.ended).toBe(2);
  });

  it('reads no number out of a text', () => {
    const { live, record } = follow({ warmups: 1 });
    const text = '"ttft_ms":7,"warmup":true,"outcome":"failed","output_tokens":9';
    record({ prompt: text, response: JSON.stringify(text), ttft_ms: null, output_tokens: null });
    expect(live.state()).toMatchObject({ done: 1, failed: 0, outputTokens: 0, ttftMs: null, warmup: { done: 0 } });
  });

  it('knows what is a message: whatever is not of ours', () => {
    const { live, take } = follow();
    expect(take('end', {})).toBe(true);
    expect(live.take(Buffer.from('{"llm_perf":"of a later version"}'))).toBe(true);
    for (const line of ['warning: x', '{"llm_perf"', '', ' {"llm_perf":"record"}']) {
      expect(live.take(Buffer.from(line)), line).toBe(false);
    }
    expect(live.ended).toBe(0);
  });

  it('goes by what the engine made of the load', () => {
    const { live, take } = follow();
    take('run', { args: { expected_requests: null, parallel: 3, duration: 60 } });
    expect(live.state()).toMatchObject({ total: null, durationMs: 60_000 });
    expect(live.hasBegun).toBe(false);
    take('start', {});
    expect(live.hasBegun).toBe(true);
  });

  it('names no VU of a load in which they may have nothing to do, whatever its cap is', () => {
    const { live, clock, take, record } = follow({ parallel: null });
    take('run', { args: { expected_requests: 100, parallel: 3, rate: 0.1 } });
    take('start', {});
    record({ vu: 2 });
    clock.now = 60_000;
    expect(overdue(live)).toEqual([]);
  });

  it('names the VUs whose request takes too long, from the start or the end of the one before', () => {
    const { live, clock, take, record } = follow();
    clock.now = 10_001;
    expect(overdue(live)).toEqual([]);
    take('start', {});
    clock.now = 15_000;
    record({ vu: 2 });
    clock.now = 20_002;
    expect(overdue(live)).toEqual([1]);
    clock.now = 25_001;
    expect(overdue(live)).toEqual([1, 2]);
    record({ vu: 1 });
    expect(overdue(live)).toEqual([2]);
  });

  it('knows which VUs have nothing left to do', () => {
    const { live, clock, take, record } = follow({ total: 3 });
    take('start', {});
    // VU 1 goes on with the third, and VU 2 finds none.
    record({ vu: 1 });
    record({ vu: 2 });
    clock.now = 60_000;
    expect(overdue(live)).toEqual([1]);
    record({ vu: 1 });
    expect(overdue(live)).toEqual([]);
  });

  it('knows that no request begins after the time of a run', () => {
    const { live, clock, take, record } = follow({ total: null, durationMs: 1000 });
    take('start', {});
    record({ vu: 1, start_ms: 500, end_ms: 1499 });
    record({ vu: 2, start_ms: 500, end_ms: 1501 });
    clock.now = 60_000;
    expect(overdue(live)).toEqual([1]);
  });

  it('finds the same in k6’s samples, where records are texts', () => {
    const { live } = follow();
    const record = JSON.stringify(exampleRecord({ start_ms: 1000, end_ms: 1141 }));
    const sample = (metric: string): string =>
      JSON.stringify({ metric, type: 'Point', data: { time: '', value: 1, tags: {}, metadata: { record } } });
    for (const metric of ['llm_requests', 'llm_requests_completed', 'sse_event'])
      live.take(Buffer.from(sample(metric)));
    expect(live.state()).toMatchObject({ elapsedMs: 141, done: 1, outputTokens: 5 });
  });
});
