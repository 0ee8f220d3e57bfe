import { describe, expect, it } from 'vitest';
import { exampleContext } from '../../tests/fixtures/example-context.ts';
import { configOf } from '../../tests/support/run-config.ts';
import { anthropic } from '../api/anthropic.ts';
import type { Api } from '../api/api.ts';
import { buildRequest } from '../api/build-request.ts';
import { openaiResponses } from '../api/openai-responses.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import { createEventRecorder } from '../stream/record-events.ts';
import { buildRecord } from './build-record.ts';

/** An event: when it comes, its type, and its other fields. */
type Event = readonly [atMs: number, type: string, fields?: object];

/** How a server writes an event. */
type Writer = (type: string, fields: object) => { readonly data: string; readonly name: string };

const named: Writer = (type, fields) => ({ data: JSON.stringify({ type, ...fields }), name: type });
const withoutName: Writer = (type, fields) => ({ ...named(type, fields), name: '' });
const typeLast: Writer = (type, fields) => ({ data: JSON.stringify({ ...fields, type }), name: '' });
const alikeAtFirst: Writer = (type, fields) => ({ data: JSON.stringify({ n: 1, type, ...fields }), name: '' });
const withBlanks: Writer = (type, fields) => ({ data: JSON.stringify({ type, ...fields }, null, 1), name: '' });

/** What comes of a stream, by the handlers that an engine calls; requests start at 0. */
function recordOf(api: Api, events: readonly Event[], write: Writer = named) {
  const clock = { currentTestRunDuration: 0 };
  const recorder = createEventRecorder(clock, 60_000, () => {}, true, api);
  for (const [at, type, fields = {}] of events) {
    clock.currentTestRunDuration = at;
    recorder.onEvent(write(type, fields));
  }
  const endMs = clock.currentTestRunDuration;
  const seen = { ...recorder.finish(), status: 200, headers: {}, firstByteMs: null, endMs };
  return buildRecord(seen, exampleContext({ api, keepText: 'always' }));
}

const WRITERS = { named, withoutName, typeLast, alikeAtFirst, withBlanks };
/** Twelve tokens, the first after 42 ms, 10 ms apart: the last at 152, so TPOT is 10. */
const twelve = (event: (at: number) => Event): Event[] => Array.from({ length: 12 }, (_, i) => event(42 + 10 * i));
const GOOD = { outcome: 'completed', ttft_ms: 42, tpot_ms: 10, last_output_ms: 152, output_tokens: 12, chunks: 12 };

describe('messages', () => {
  const start = (usage: object | null = { input_tokens: 5, output_tokens: 1 }): Event => [
    20,
    'message_start',
    { message: { role: 'assistant', content: [], usage } },
  ];
  const text = (at: number): Event => [at, 'content_block_delta', { delta: { type: 'text_delta', text: 'x' } }];
  const delta = (usage?: object | null): Event => [152, 'message_delta', { delta: { stop_reason: 'end_turn' }, usage }];
  const stop: Event = [160, 'message_stop'];
  const answer = [start(), ...twelve(text), delta({ output_tokens: 12 }), stop];

  it.each(Object.entries(WRITERS))('are read as well %s', (_, write) => {
    const record = recordOf(anthropic, answer, write);
    expect(record).toMatchObject({ ...GOOD, token_source: 'usage', input_tokens: 5, latency_ms: 152 });
    expect(record.notes).toBeUndefined();
  });

  it('are moved by no ping, before, between or after the tokens', () => {
    const pings = (at: number): Event[] => Array.from({ length: 40 }, () => [at, 'ping']);
    const [first, ...rest] = answer.flatMap((event) => [event, ...pings(event[0] + 1)]);
    const record = recordOf(anthropic, [...pings(1), first as Event, ...rest.slice(0, -40), ...pings(900), stop]);
    expect(record).toMatchObject({ ...GOOD, first_event_ms: 20, latency_ms: 152 });
  });

  it.each([
    [
      'in the first event',
      start({ input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20 }),
      {},
    ],
    [
      'and the last event has the rest once more',
      start({ input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20 }),
      { input_tokens: 5 },
    ],
    [
      'in both, each a part of it',
      start({ input_tokens: 5, cache_creation_input_tokens: 20 }),
      { cache_read_input_tokens: 100 },
    ],
  ])('have a cache that is counted %s', (_, first, more) => {
    const record = recordOf(anthropic, [first, ...twelve(text), delta({ output_tokens: 12, ...more }), stop]);
    expect(record).toMatchObject({ input_tokens: 125, cached_tokens: 100, output_tokens: 12, token_source: 'usage' });
  });

  it.each([[undefined], [null], [{}]])('are counted by chunks where the last event has usage %j', (usage) => {
    const record = recordOf(anthropic, [start(), ...twelve(text).slice(0, 6), delta(usage), stop]);
    expect(record).toMatchObject({ input_tokens: 5, output_tokens: 6, token_source: 'chunks' });
    expect(record.notes).toBeUndefined();
  });

  it('are cut without message_stop, whatever their reason', () => {
    expect(recordOf(anthropic, answer.slice(0, -1)).failure).toMatchObject({
      kind: 'cut',
      detail: 'the stream ended before message_stop',
    });
  });
});

describe('responses', () => {
  const text = (at: number): Event => [at, 'response.output_text.delta', { sequence_number: at, delta: 'x' }];
  const end = (type = 'response.completed', fields: object = {}): Event => [
    160,
    type,
    {
      sequence_number: 160,
      response: {
        status: 'completed',
        output: [{ type: 'message', content: [{ type: 'output_text', text: 'x'.repeat(12) }] }],
        usage: { input_tokens: 5, output_tokens: 12 },
        ...fields,
      },
    },
  ];
  const opening: Event[] = [
    [10, 'response.created', { response: { status: 'in_progress' } }],
    [20, 'response.output_item.added', { item: { type: 'message' } }],
  ];
  const answer = [
    ...opening,
    ...twelve(text),
    [153, 'response.output_text.done', { text: 'x'.repeat(12) }] as Event,
    end(),
  ];

  it.each(Object.entries(WRITERS))('are read as well %s', (_, write) => {
    const record = recordOf(openaiResponses, answer, write);
    expect(record).toMatchObject({ ...GOOD, token_source: 'usage', input_tokens: 5, latency_ms: 160 });
    expect(record).toMatchObject({ first_event_ms: 20, response: 'x'.repeat(12) });
  });

  it.each([
    ['response.failed', { status: undefined }, 'response.failed'],
    ['response.cancelled', { status: undefined }, 'finish_reason "cancelled"'],
  ])('fail by the type of %s', (type, fields, words) => {
    const { failure } = recordOf(openaiResponses, [...opening, ...twelve(text), end(type, fields)]);
    expect(failure).toMatchObject({ kind: 'api-error', detail: expect.stringContaining(words) });
  });

  it('fail with the words of the server as they came', () => {
    const fields = { sequence_number: 7, code: 'server_error', message: 'boom' };
    const { failure } = recordOf(openaiResponses, [...opening, text(42), [50, 'error', fields]], withoutName);
    expect(failure?.detail).toBe(JSON.stringify({ type: 'error', ...fields }));
  });
});

describe('embeddings and ranks', () => {
  const PROMPT = { messages: ['a', '"top_n":1', 'c'].map((content) => ({ role: 'user', content })) };

  it.each([
    ['http://h/v1/embeddings', {}, { data: [{ embedding: [1] }, { embedding: 'AACAPw==' }, { embedding: [3] }] }, null],
    ['http://h/v1/embeddings', {}, { data: [{ embedding: [1] }, { embedding: [2] }] }, '2 of 3 vectors'],
    ['http://h/v1/embeddings', {}, { data: [{ embedding: [1] }, { embedding: [] }, { index: 2 }] }, '1 of 3 vectors'],
    ['http://h/v1/embeddings', {}, { data: [[1], [2], [3], [4]] }, '4 of 3 vectors'],
    ['http://h/embed', {}, [[0.25, -0.5, 1e-3], [1], [2]], null],
    ['http://h/embed', {}, [[0.25, -0.5, 1e-3], []], '1 of 3 vectors'],
    ['http://h/v1/rerank', {}, { results: [{ index: 0 }, { index: 1 }] }, null],
    ['http://h/v1/rerank', {}, { results: [{ index: 0 }] }, '1 of 2 results, and the body has no top_n'],
    ['http://h/v1/rerank', { EXTRA_ARGS: '{"top_n":1}' }, { results: [{ index: 0 }] }, null],
    ['http://h/v1/rerank', { EXTRA_ARGS: '{"top_k":1}' }, { results: [{ index: 0 }] }, null],
  ])('an answer of %s, with %j, must have a result for each input: %j', (URL, settings, answer, detail) => {
    const request = buildRequest(PROMPT, configOf({ URL, ...settings }));
    const text = JSON.stringify(answer);
    const received = { status: 200, headers: {}, data: toEventTexts([]), times: null, text, done: true, error: '' };
    const record = buildRecord({ ...received, firstByteMs: 5, endMs: 9 }, exampleContext(request));
    expect(record.failure).toEqual(detail === null ? null : { kind: 'bad-payload', status: 200, detail });
  });
});
