import type { RequestRecord } from '../measure/request-record.ts';
import { exampleFailure, exampleRecord } from '../records/example-record.ts';

/**
 * A small run on which tools disagree, for tests: an answer whose role chunk comes 20 ms before its first token, one that
 * reasons before it answers, one of a single token, and a failure that ends last. Starts at 12:00:01 UTC.
 */
export const EXAMPLE_RUN: readonly RequestRecord[] = [
  exampleRecord({
    index: 0,
    start_ms: 1000,
    end_ms: 1205,
    first_event_ms: 80,
    first_choices_ms: 80,
    first_output_ms: 100,
    first_content_ms: 100,
    ttft_ms: 100,
    chunk_gaps_ms: [10, 20, 30, 40],
    chunks: 5,
    latency_ms: 204,
    output_tokens: 5,
    input_tokens: 20,
    tpot_ms: 26,
  }),
  exampleRecord({
    index: 1,
    started_at: '2026-03-01T12:00:00.100Z',
    start_ms: 1100,
    end_ms: 1310,
    first_event_ms: 60,
    first_choices_ms: 60,
    first_output_ms: 60,
    // Two chunks of reasoning at 60 and 90, then two of text.
    first_content_ms: 150,
    ttft_ms: 60,
    chunk_gaps_ms: [30, 60, 50],
    chunks: 4,
    latency_ms: 200,
    output_tokens: 8,
    input_tokens: 30,
    cached_tokens: 15,
    tpot_ms: 20,
  }),
  exampleRecord({
    index: 2,
    started_at: '2026-03-01T12:00:00.300Z',
    start_ms: 1300,
    end_ms: 1500,
    first_event_ms: 190,
    first_choices_ms: 190,
    first_output_ms: 190,
    first_content_ms: 190,
    ttft_ms: 190,
    chunk_gaps_ms: [],
    chunks: 1,
    latency_ms: 196,
    output_tokens: 1,
    input_tokens: 10,
    tpot_ms: null,
  }),
  exampleFailure({ index: 3, started_at: '2026-03-01T12:00:00.400Z', start_ms: 1400, end_ms: 2000 }),
];

export const EXAMPLE_CONTEXT = {
  args: { model: 'qwen2.5', parallel: 2, url: 'http://127.0.0.1:8000/v1/chat/completions' },
  model: 'qwen2.5',
  concurrency: 2,
  unfinishedRequests: 1,
} as const;
