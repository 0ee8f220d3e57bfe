import { describe, expect, it } from 'vitest';
import { type ExampleChanges, exampleContext } from '../../tests/fixtures/example-context.ts';
import { readRecordedBody } from '../../tests/support/recorded-stream.ts';
import { anthropic } from '../api/anthropic.ts';
import { openaiChat } from '../api/openai-chat.ts';
import { openaiResponses } from '../api/openai-responses.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { splitEvents } from '../stream/split-events.ts';
import { buildRecord } from './build-record.ts';
import type { RequestRecord } from './request-record.ts';

const CONTEXT = { startMs: 100, keepText: 'always', prompt: 'p' } as const;
const NO_EVENTS = toEventTexts([]);

/** The record of a recorded stream whose events come 10 ms apart, the first at 110 ms. */
function recordOf(name: string, context: ExampleChanges = {}, received: Partial<ReceivedAnswer> = {}): RequestRecord {
  const { data, done } = splitEvents(readRecordedBody(name), (context.api ?? openaiChat).endOf);
  const times = data.map((_, i) => 110 + 10 * i);
  return buildRecord(
    {
      status: 200,
      headers: {},
      error: '',
      times,
      data: toEventTexts(data),
      done,
      text: '',
      firstByteMs: null,
      endMs: 5000,
      ...received,
    },
    exampleContext({ ...CONTEXT, ...context }),
  );
}

describe('recorded streams', () => {
  it('reads llama.cpp with usage: a null role chunk is not a token, usage ends the latency', () => {
    const record = recordOf('llama-chat-stream-usage.txt');
    // 10 events: role, 7 tokens, finish, usage, counted in the file by hand.
    expect(record).toMatchObject({
      outcome: 'completed',
      failure: null,
      token_source: 'usage',
      finish_reason: 'length',
    });
    expect(record.first_choices_ms).toBe(10);
    expect(record.ttft_ms).toBe(20);
    expect(record.output_tokens).toBe(record.chunks);
    expect(record.latency_ms).toBe(10 * ((record.chunks as number) + 3));
    expect(record.chunk_gaps_ms).toEqual(Array((record.chunks as number) - 1).fill(10));
  });

  it('counts chunks and says so where a server sends no usage', () => {
    for (const name of ['portkey-deepseek-stream.txt', 'mockllm-stream.raw.txt']) {
      const record = recordOf(name);
      expect(record, name).toMatchObject({ outcome: 'completed', token_source: 'chunks', input_tokens: null });
      expect(record.output_tokens, name).toBe(record.chunks);
    }
  });

  it('sums usage events that a server sends one per choice', () => {
    // Two choices of two tokens each; 21 prompt tokens, 8 cached, in both usage events.
    expect(recordOf('llama-chat-stream-n2.txt', { choices: 2 })).toMatchObject({
      outcome: 'completed',
      chunks: 4,
      output_tokens: 4,
      input_tokens: 21,
      cached_tokens: 8,
    });
  });

  it('skips pings before the first token', () => {
    expect(recordOf('llama-chat-stream-ping.raw.txt')).toMatchObject({
      outcome: 'completed',
      chunks: 3,
      output_tokens: 3,
      ttft_ms: 20,
    });
  });

  it('does not take repeated role chunks with progress for a token', () => {
    const record = recordOf('llama-chat-stream-progress.raw.txt');
    expect(record.outcome).toBe('completed');
    expect(record.first_choices_ms).toBe(10);
    expect(record.ttft_ms as number).toBeGreaterThan(record.first_choices_ms as number);
    expect(record.first_output_ms).toBe(record.first_content_ms);
  });

  it('takes reasoning for output but not for the visible answer', () => {
    const reasoning = recordOf('aimock-reasoning.raw.txt');
    expect(reasoning.outcome).toBe('completed');
    expect(reasoning.first_output_ms).toBe(10);
    expect(reasoning.first_content_ms as number).toBeGreaterThan(10);
    expect(recordOf('aimock-reasoning.raw.txt', { ttftRule: 'content' }).ttft_ms).toBe(reasoning.first_content_ms);
  });

  it('reads completions, whose usage rides on the last chunk', () => {
    const record = recordOf('llama-completions-stream.txt');
    expect(record).toMatchObject({
      outcome: 'completed',
      token_source: 'usage',
      first_content_ms: record.first_output_ms,
    });
  });

  it('keeps text in several scripts whole', () => {
    const record = recordOf('llama-chat-stream-utf8.txt');
    expect(record.outcome).toBe('completed');
    expect(record.response).not.toBe('');
    expect(recordOf('llama-chat-stream-utf8.txt', { keepText: 'never' }).response).toBeUndefined();
  });

  it('fails a stream that ends without finish reason or [DONE]', () => {
    expect(recordOf('aimock-truncate.raw.txt')).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'cut', status: 200 },
    });
    expect(recordOf('llama-chat-stream-reasoning-head.txt').failure?.kind).toBe('cut');
  });

  it('fails an error object inside a 200 stream', () => {
    const { failure } = recordOf('mockllm-stream-429.raw.txt');
    expect(failure).toMatchObject({ kind: 'api-error', status: 200 });
    expect(failure?.detail).toContain('Rate limit reached');
  });

  it('reads answers without streaming, reasoning among them', () => {
    for (const name of ['llama-chat-nonstream.txt', 'llama-chat-nonstream-reasoning.txt']) {
      const text = readRecordedBody(name);
      const record = recordOf(name, { stream: false }, { data: NO_EVENTS, times: null, done: false, text, endMs: 300 });
      expect(record, name).toMatchObject({
        outcome: 'completed',
        ttft_ms: null,
        tpot_ms: null,
        latency_ms: 200,
        token_source: 'usage',
        chunks: null,
      });
      expect(record.output_tokens as number, name).toBeGreaterThan(0);
    }
  });

  it('puts status and body of an error answer into the detail', () => {
    for (const [name, status] of [
      ['llama-err-401.txt', 401],
      ['llama-err-404.txt', 404],
      ['llama-err-loading.txt', 503],
      ['llama-err-toolong.txt', 400],
    ] as const) {
      const record = recordOf(
        name,
        {},
        { status, data: NO_EVENTS, times: [], done: false, text: readRecordedBody(name) },
      );
      expect(record.failure, name).toMatchObject({ kind: 'http-status', status });
      expect(record.failure?.detail, name).toContain(`HTTP ${status}; {"error"`);
    }
  });

  // Events counted in the files by hand, the first at 10 ms; what comes with message_start is the role.
  it.each([
    [
      'llama-anthropic-messages-stream.txt',
      anthropic,
      { first_choices_ms: 10, ttft_ms: 30, first_content_ms: 30, latency_ms: 70, chunks: 3, reasoning_chunks: 0 },
      // 1 token was read, 20 were in the cache.
      { input_tokens: 21, cached_tokens: 20, output_tokens: 3, finish_reason: 'max_tokens' },
      ' of these in',
    ],
    [
      'handmade-anthropic-thinking-tools.txt',
      anthropic,
      { first_choices_ms: 10, ttft_ms: 40, first_content_ms: 110, latency_ms: 200, chunks: 8, reasoning_chunks: 3 },
      // 12 + 30 + 100.
      { input_tokens: 142, cached_tokens: 100, output_tokens: 61, finish_reason: 'tool_use' },
      'EmwKAhgBEgy3va3pzixI\'ll check the weather 🌤.get_weather{"city": "Zürich"}',
    ],
    [
      'llama-responses-stream.txt',
      openaiResponses,
      { first_choices_ms: 30, ttft_ms: 50, first_content_ms: 50, latency_ms: 110, chunks: 3, reasoning_chunks: 0 },
      { input_tokens: 24, cached_tokens: 8, output_tokens: 3, finish_reason: 'completed' },
      ' each it been',
    ],
    [
      'handmade-responses-reasoning-tools.txt',
      openaiResponses,
      { first_choices_ms: 30, ttft_ms: 50, first_content_ms: 120, latency_ms: 230, chunks: 8, reasoning_chunks: 2 },
      { input_tokens: 40, cached_tokens: 32, output_tokens: 57, finish_reason: 'completed' },
      'Thinking of the weather.I look it up. 🌤get_weather{"city":"Zürich"}',
    ],
  ])('reads %s by its API', (name, api, times, counts, text) => {
    const record = recordOf(name, { api });
    expect(record).toMatchObject({ outcome: 'completed', api: api.name, token_source: 'usage', ...times, ...counts });
    expect(record.response).toContain(text);
    expect(record.notes).toBeUndefined();
  });

  it('fails streams of both APIs that end in an error, with the words of the server', () => {
    expect(recordOf('handmade-anthropic-overloaded.txt', { api: anthropic }).failure).toEqual({
      kind: 'api-error',
      status: 200,
      detail: '{"type":"overloaded_error","message":"Overloaded"}',
    });
    expect(recordOf('handmade-responses-failed.txt', { api: openaiResponses }).failure).toEqual({
      kind: 'api-error',
      status: 200,
      detail: '{"code":"server_error","message":"The model failed to generate a response."}',
    });
  });

  it('fails an answer of another API as one without output, not as a crash', () => {
    for (const name of ['llama-anthropic-messages-stream.txt', 'llama-responses-stream.txt']) {
      expect(recordOf(name).outcome, name).toBe('failed');
    }
  });
});
