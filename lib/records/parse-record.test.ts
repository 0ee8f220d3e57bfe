import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleFailure, exampleRecord } from '../../tests/fixtures/example-record.ts';
import type { RequestRecord } from '../measure/request-record.ts';
import { FAILURE_KINDS, TOKEN_SOURCES } from '../shared/failure-kinds.ts';
import { parseRecord } from './parse-record.ts';

/** Times with whole microseconds, so that writing loses nothing. */
const time = fc.integer({ min: 0, max: 10_000_000 }).map((microseconds) => microseconds / 1000);
const maybeTime = fc.option(time);
const maybeCount = fc.option(fc.nat(100_000));
const text = fc.string({ unit: 'binary' });

const anyRecord: fc.Arbitrary<RequestRecord> = fc
  .record({
    index: fc.nat(),
    scenario: text,
    start_ms: time,
    ttft_ms: maybeTime,
    first_event_ms: maybeTime,
    latency_ms: maybeTime,
    tpot_ms: maybeTime,
    chunk_gaps_ms: fc.array(time),
    chunks: maybeCount,
    input_tokens: maybeCount,
    output_tokens: maybeCount,
    cached_tokens: maybeCount,
    prepared_tokens: maybeCount,
    token_source: fc.option(fc.constantFrom(...TOKEN_SOURCES)),
    finish_reason: fc.option(text),
    scheduled_ms: maybeTime,
    late_ms: maybeTime,
    queued_ms: maybeTime,
    connect_ms: maybeTime,
    retry_after_s: maybeCount,
    conversation: fc.option(fc.record({ id: text, turn: fc.nat(), turns: maybeCount })),
    model: text,
    run_id: fc.option(text),
    segment: fc.option(text),
    api: fc.option(text),
    dataset_index: maybeCount,
    nonce: fc.option(text),
    last_output_ms: maybeTime,
    reasoning_chunks: maybeCount,
    failure: fc.option(fc.record({ kind: fc.constantFrom(...FAILURE_KINDS), status: maybeCount, detail: text })),
    prompt: text,
    response: text,
  })
  .map((changes) =>
    exampleRecord({
      ...changes,
      // Longer than any time within it.
      end_ms: Math.ceil(changes.start_ms) + 20_000,
      outcome: changes.failure === null ? 'completed' : 'failed',
    }),
  );

describe('parseRecord', () => {
  it('gives back the record that was written as JSON, whatever texts and counts it holds', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const line = JSON.stringify(record);
        expect(line).not.toMatch(/[\n\r]/);
        expect(parseRecord(line)).toEqual(record);
      }),
    );
  });

  const change = (changes: object): string => JSON.stringify({ ...exampleRecord(), ...changes });
  const failed = (failure: object): string => JSON.stringify({ ...exampleFailure(), failure });

  it.each([
    ['no JSON', '{"v":1,', 'the record is not JSON'],
    ['a list', '[1]', 'the record is not a JSON object'],
    [
      'another version',
      change({ v: 3 }),
      'record version 3 is of a newer k6-llm-perf; this one reads versions 1 and 2',
    ],
    ['no version', '{}', 'record version nothing is unknown; this one reads versions 1 and 2'],
    ['a number as text', change({ ttft_ms: '100' }), 'field "ttft_ms" cannot be "100"'],
    ['a missing field', change({ latency_ms: undefined }), 'field "latency_ms" cannot be nothing'],
    ['a gap that is not a number', change({ chunk_gaps_ms: [1, null] }), 'field "chunk_gaps_ms" cannot be [1,null]'],
    ['half a token', change({ output_tokens: 1.5 }), 'field "output_tokens" cannot be 1.5'],
    ['an unknown TTFT rule', change({ ttft_rule: 'last' }), 'field "ttft_rule" cannot be "last"'],
    ['a failure of a completed request', change({ failure: {} }), '"failure" contradicts "outcome"'],
    [
      'a failure of a cancelled request',
      change({ outcome: 'cancelled', failure: {} }),
      '"failure" contradicts "outcome"',
    ],
    ['a failed request without failure', change({ outcome: 'failed' }), '"failure" contradicts "outcome"'],
    [
      'a failure without kind',
      failed({ status: null, detail: '' }),
      'field "failure" needs a kind, a status and a detail',
    ],
    ['a date that is none', change({ started_at: 'yesterday' }), '"started_at" is not a date'],
    ['a start before the run', change({ start_ms: -1 }), '"start_ms" and "end_ms" are not a span of the run'],
    ['an end before the start', change({ end_ms: 999 }), '"start_ms" and "end_ms" are not a span of the run'],
    ['a negative TTFT', change({ ttft_ms: -100 }), '"ttft_ms" is negative'],
    ['a negative TPOT', change({ tpot_ms: -0.001 }), '"tpot_ms" is negative'],
    ['a latency beyond the end', change({ latency_ms: 141.01 }), '"latency_ms" is longer than the request'],
    ['an output beyond the end', change({ last_output_ms: 200 }), '"last_output_ms" is longer than the request'],
    [
      'a negative gap',
      change({ chunk_gaps_ms: [10, -10, 10, 10] }),
      '"chunk_gaps_ms" holds a gap that is negative, or longer than the request',
    ],
    ['a number beyond counting', change({ output_tokens: 1e300 }), 'field "output_tokens" cannot be 1e+300'],
    ['a number that is none', change({}).replace('"ttft_ms":100', '"ttft_ms":NaN'), 'the record is not JSON'],
  ])('refuses %s and says why', (_case, text, problem) => {
    expect(parseRecord(text)).toEqual({ problem });
  });

  it('takes a failure of a kind it does not know for one of an unknown kind, and keeps the name', () => {
    expect(parseRecord(failed({ kind: 'flood', status: 200, detail: 'too much' }))).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'unknown', status: 200, detail: 'flood: too much' },
    });
  });

  it('takes any time where the clock was set within the request, since no statistics do', () => {
    const changes = { start_ms: -20, end_ms: -40, ttft_ms: -3, chunk_gaps_ms: [-9000], clock_steps: 1 };
    expect(parseRecord(change(changes))).toMatchObject(changes);
  });

  it('takes a first byte that another clock saw after the end', () => {
    expect(parseRecord(change({ ttft_ms: 160, ttft_rule: 'first-byte' }))).toMatchObject({ ttft_ms: 160 });
  });

  it('keeps fields it does not know', () => {
    expect(parseRecord(change({ future: 1 }))).toMatchObject({ index: 0, future: 1 });
  });

  it('reads version 1 as version 2 whose new fields are null', () => {
    // Written by the last release that knew version 1 alone.
    const line =
      '{"v":1,"index":3,"scenario":"openqa","started_at":"2026-11-25T00:33:56.123Z","start_ms":12.5,"end_ms":160.25,' +
      '"outcome":"completed","failure":null,"status":200,"stream":true,"ttft_ms":43.1,"ttft_rule":"first-output",' +
      '"first_event_ms":42.9,"first_choices_ms":42.9,"first_output_ms":43.1,"first_content_ms":43.1,"latency_ms":147.2,' +
      '"chunk_gaps_ms":[52,52.1],"chunks":3,"tpot_ms":52.05,"input_tokens":50,"output_tokens":3,"cached_tokens":null,' +
      '"token_source":"usage","finish_reason":"stop","scheduled_ms":null,"late_ms":null,' +
      '"conversation":{"id":"a","turn":1},"model":"m","client_lag_ms":0.2}';
    expect(parseRecord(line)).toEqual({
      ...JSON.parse(line),
      v: 2,
      prepared_tokens: null,
      conversation: { id: 'a', turn: 1, turns: null },
      run_id: null,
      segment: null,
      last_output_ms: null,
      reasoning_chunks: null,
      queued_ms: null,
      connect_ms: null,
      retry_after_s: null,
      api: null,
      dataset_index: null,
      nonce: null,
    });
  });

  it('reads a cancelled request, which has no failure', () => {
    expect(parseRecord(change({ outcome: 'cancelled' }))).toMatchObject({ outcome: 'cancelled', failure: null });
  });
});
