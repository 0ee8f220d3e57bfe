import type { RequestRecord } from '../measure/request-record.ts';

/** A completed streaming request for tests: five tokens, a chunk each, 100 ms to the first and 10 ms between them. */
export function exampleRecord(changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    v: 1,
    index: 0,
    scenario: 'openqa',
    started_at: '2026-03-01T12:00:00.000Z',
    start_ms: 1000,
    end_ms: 1141,
    outcome: 'completed',
    failure: null,
    status: 200,
    stream: true,
    ttft_ms: 100,
    ttft_rule: 'first-output',
    first_event_ms: 99,
    first_choices_ms: 99,
    first_output_ms: 100,
    first_content_ms: 100,
    latency_ms: 140,
    chunk_gaps_ms: [10, 10, 10, 10],
    chunks: 5,
    tpot_ms: 10,
    input_tokens: 20,
    output_tokens: 5,
    cached_tokens: null,
    token_source: 'usage',
    finish_reason: 'stop',
    scheduled_ms: null,
    late_ms: null,
    conversation: null,
    model: 'qwen2.5',
    ...changes,
  };
}

/** A request that failed with status 500 after 50 ms. */
export function exampleFailure(changes: Partial<RequestRecord> = {}): RequestRecord {
  return exampleRecord({
    end_ms: 1050,
    outcome: 'failed',
    failure: { kind: 'http-status', status: 500, detail: 'HTTP 500' },
    status: 500,
    ttft_ms: null,
    first_event_ms: null,
    first_choices_ms: null,
    first_output_ms: null,
    first_content_ms: null,
    latency_ms: null,
    chunk_gaps_ms: [],
    chunks: 0,
    tpot_ms: null,
    input_tokens: null,
    output_tokens: null,
    token_source: null,
    finish_reason: null,
    ...changes,
  });
}
