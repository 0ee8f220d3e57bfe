import { describe, expect, it } from 'vitest';
import { type ExampleChanges, exampleContext } from '../../tests/fixtures/example-context.ts';
import { createMasker, MASK } from '../shared/mask-secrets.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { buildRecord } from './build-record.ts';

const CONTEXT = { index: 3, startMs: 1000 };
const ANSWER: ReceivedAnswer = {
  status: 200,
  headers: { 'Content-Type': 'text/event-stream' },
  error: '',
  times: [],
  data: toEventTexts([]),
  done: false,
  text: '',
  firstByteMs: null,
  endMs: 2000,
};

const token = (content: string, rest: object = {}): string =>
  JSON.stringify({ choices: [{ index: 0, delta: { content }, ...rest }] });
const usage = (output: unknown, input: unknown = 5): string =>
  JSON.stringify({ choices: [], usage: { prompt_tokens: input, completion_tokens: output } });

type Given = Partial<Omit<ReceivedAnswer, 'data'>> & { readonly data?: readonly string[] };

/** The record of an answer whose events come 50 ms apart unless it says when, the first at 1100. */
function record({ data = [], ...received }: Given, context: ExampleChanges = {}) {
  const times = received.times === undefined ? data.map((_, i) => 1100 + 50 * i) : received.times;
  return buildRecord(
    { ...ANSWER, ...received, data: toEventTexts(data), times },
    exampleContext({ ...CONTEXT, ...context }),
  );
}

describe('buildRecord', () => {
  it('keeps how long the server asks to wait, in whatever answer it says so', () => {
    const headers = { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' };
    const context = { startedAt: '1970-01-01T00:00:00.000Z' };
    // 1,000 ms after its start the request ended: eight of the nine seconds are left.
    expect(record({ status: 503, headers }, context).retry_after_s).toBe(8);
    expect(record({ status: 429, headers: { 'Retry-After': '3' } }).retry_after_s).toBe(3);
    expect(record({}).retry_after_s).toBeNull();
  });

  it('keeps times in whole microseconds', () => {
    const { start_ms, ttft_ms, latency_ms } = record(
      { data: [token('a')], times: [1020.23456789] },
      { startMs: 0.00049 },
    );
    expect({ start_ms, ttft_ms, latency_ms }).toEqual({ start_ms: 0, ttft_ms: 1020.234, latency_ms: 1020.234 });
  });

  it('says where a redirect leads that is not followed', () => {
    const { failure } = record({ status: 307, headers: { Location: 'http://other/v1' } });
    expect(failure).toMatchObject({
      kind: 'http-status',
      detail: 'HTTP 307; redirects to http://other/v1: use that URL',
    });
  });

  it('has no refused connection once an answer came', () => {
    expect(record({ error: 'remote error: tls: internal error' }).failure?.kind).toBe('reset');
  });

  it('computes a worked example', () => {
    // Sent at 1000; role 1100, tokens 1150, 1200, 1250, usage 1300: TTFT 150, latency 300, TPOT (250-150)/(4-1).
    const made = record({
      data: [
        JSON.stringify({ choices: [{ delta: { role: 'assistant' } }] }),
        token('a'),
        token('b'),
        token('c', { finish_reason: 'stop' }),
        usage(4),
      ],
      done: true,
    });
    expect(made).toMatchObject({
      outcome: 'completed',
      ttft_ms: 150,
      first_choices_ms: 100,
      first_event_ms: 100,
      last_output_ms: 250,
      latency_ms: 300,
      tpot_ms: 33.333,
      chunk_gaps_ms: [50, 50],
      chunks: 3,
      input_tokens: 5,
      output_tokens: 4,
      token_source: 'usage',
      finish_reason: 'stop',
    });
  });

  it('has no TPOT below two output tokens', () => {
    expect(record({ data: [token('a'), usage(1)], done: true })).toMatchObject({
      outcome: 'completed',
      tpot_ms: null,
      output_tokens: 1,
    });
  });

  it('takes [DONE] or a finish reason for the end, either alone', () => {
    expect(record({ data: [token('a')], done: true }).outcome).toBe('completed');
    expect(record({ data: [token('a', { finish_reason: 'stop' })] }).outcome).toBe('completed');
    expect(record({ data: [token('a')] }).failure).toEqual({
      kind: 'cut',
      status: 200,
      detail: 'the stream ended before [DONE] or a finish reason',
    });
  });

  it('falls back to chunks for output only where usage lacks a usable count', () => {
    expect(record({ data: [token('a'), token('b'), usage('7')], done: true })).toMatchObject({
      input_tokens: 5,
      output_tokens: 2,
      token_source: 'chunks',
    });
    expect(record({ data: [token('a'), usage(-3, -1)], done: true }, { preparedInputTokens: 11 })).toMatchObject({
      input_tokens: 11,
      output_tokens: 1,
      token_source: 'chunks',
    });
  });

  it('takes the last of cumulative usages on chunks', () => {
    const withUsage = (content: string, tokens: number): string =>
      JSON.stringify({
        choices: [{ index: 0, delta: { content } }],
        usage: { prompt_tokens: 5, completion_tokens: tokens },
      });
    expect(record({ data: [withUsage('a', 1), withUsage('b', 3)], done: true })).toMatchObject({
      output_tokens: 3,
      token_source: 'usage',
    });
  });

  it.each([
    ['no output', { data: [usage(0)], done: true }, 'empty'],
    ['only [DONE]', { done: true }, 'empty'],
    ['no event at all', {}, 'cut'],
    ['malformed JSON in one chunk', { data: [token('a'), '{"choices":[{'], done: true }, 'bad-payload'],
    ['an error object', { data: [token('a'), '{"error":{"message":"boom"}}'], done: true }, 'api-error'],
    ['a JSON answer whose body never arrives', { headers: { 'Content-Type': 'application/json' } }, 'bad-payload'],
    ['HTML in place of a stream', { headers: { 'content-type': 'text/html' }, text: '<html>' }, 'bad-payload'],
    [
      'a reset in mid-stream',
      { data: [token('a')], error: 'read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer' },
      'reset',
    ],
    ['a truncated body', { data: [token('a')], error: 'unexpected EOF' }, 'cut'],
    [
      'a timeout in mid-stream',
      {
        data: [token('a')],
        error: 'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
      },
      'timeout',
    ],
    [
      'nothing listening',
      { status: 0, error: 'Get "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused' },
      'refused',
    ],
    ['no such host', { status: 0, error: 'dial tcp: lookup no-such-host.invalid: no such host' }, 'refused'],
    [
      'a bad certificate',
      { status: 0, error: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' },
      'refused',
    ],
    ['a server that speaks no TLS', { status: 0, error: 'http: server gave HTTP response to HTTPS client' }, 'refused'],
    [
      'a timeout before headers',
      { status: 0, error: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' },
      'timeout',
    ],
    ['a reset before headers', { status: 0, error: 'read: connection reset by peer' }, 'reset'],
    ['429', { status: 429, headers: { 'Retry-After': '2' } }, 'rate-limited'],
    ['500', { status: 500 }, 'http-status'],
  ] as const)('classifies %s', (_, received, kind) => {
    const made = record(received as Given);
    expect(made.outcome).toBe('failed');
    expect(made.failure?.kind).toBe(kind);
    expect(made.failure?.status).toBe('status' in received ? received.status || null : 200);
  });

  it('keeps Retry-After and the body of an error in the detail, at most 500 characters of it, without the key', () => {
    const { failure } = record(
      { status: 429, headers: { 'retry-after': '2' }, text: `bad key sk-secret-1 ${'x'.repeat(600)}` },
      { mask: createMasker(['sk-secret-1']) },
    );
    expect(failure?.detail).toMatch(/^HTTP 429; Retry-After: 2; bad key/);
    expect(failure?.detail).toContain(MASK);
    expect(failure?.detail).not.toContain('sk-secret-1');
    expect(failure?.detail.length).toBe(500);
  });

  it('gives a streamed body without event times the time to the first byte as TTFT, no chunk timings and no TPOT', () => {
    const made = record({ data: [token('a'), token('b'), usage(3)], times: null, done: true, firstByteMs: 40 });
    expect(made).toMatchObject({
      ttft_ms: 40,
      ttft_rule: 'first-byte',
      latency_ms: 1000,
      chunk_gaps_ms: [],
      first_output_ms: null,
      last_output_ms: null,
      // The first byte is that of the headers: what comes after it is not all generating.
      tpot_ms: null,
    });
  });

  it('marks a request within which the clock was set', () => {
    const data = [token('a'), token('b'), token('c')];
    expect(record({ data, done: true, times: [1100, 1050, 1200] }).clock_steps).toBe(1);
    expect(record({ data, done: true, times: [1100, 1150, 9e9], endMs: 9e9 }).clock_steps).toBe(1);
    expect(record({ data, done: true }).clock_steps).toBeUndefined();
  });

  it('keeps text only where asked', () => {
    const data = [token('Hel'), token('lo')];
    expect(record({ data, done: true }, { keepText: 'always', prompt: 'Hi' })).toMatchObject({
      prompt: 'Hi',
      response: 'Hello',
    });
    expect(record({ data, done: true }, { keepText: 'without-usage', prompt: 'Hi' })).toMatchObject({
      response: 'Hello',
    });
    expect(
      record({ data: [...data, usage(2)], done: true }, { keepText: 'without-usage', prompt: 'Hi' }).response,
    ).toBeUndefined();
    expect(record({ data, done: true }).prompt).toBeUndefined();
  });
});
