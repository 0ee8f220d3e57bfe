import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExampleChanges, exampleContext } from '../../tests/fixtures/example-context.ts';
import { readRecordedBody } from '../../tests/support/recorded-stream.ts';
import { openaiChat } from '../api/openai-chat.ts';
import { toEventTexts } from '../stream/event-texts.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import { createEventRecorder } from '../stream/record-events.ts';
import { splitEvents } from '../stream/split-events.ts';
import { buildRecord } from './build-record.ts';

/** An event: when it comes, its data as JSON or as it is, and its name. */
type Event = readonly [atMs: number, data: unknown, name?: string];

/** What comes of a stream, by the handlers that an engine calls; requests start at 0. */
function recordOf(events: readonly Event[], context: ExampleChanges = {}, received: Partial<ReceivedAnswer> = {}) {
  const clock = { currentTestRunDuration: 0 };
  const recorder = createEventRecorder(clock, 60_000, () => {}, true, openaiChat);
  for (const [at, data, name = ''] of events) {
    clock.currentTestRunDuration = at;
    recorder.onEvent({ data: typeof data === 'string' ? data : JSON.stringify(data), name });
  }
  const endMs = clock.currentTestRunDuration;
  const seen = { ...recorder.finish(), status: 200, headers: {}, firstByteMs: null, endMs };
  return buildRecord({ ...seen, ...received }, exampleContext({ keepText: 'always', ...context }));
}

const token = (at: number, content = 'x', more: object = {}): Event => [
  at,
  { choices: [{ index: 0, delta: { content }, finish_reason: null, ...more }] },
];
const finish = (at: number, more: object = {}): Event => [
  at,
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], ...more },
];
const usage = (at: number, prompt_tokens: unknown = 50, completion_tokens: unknown = 12): Event => [
  at,
  { choices: [], usage: { prompt_tokens, completion_tokens } },
];
const done = (at: number): Event => [at, '[DONE]'];
/** Twelve tokens, the first after 42 ms, 10 ms apart: the last at 152, so TPOT is 10. */
const TWELVE = Array.from({ length: 12 }, (_, i) => token(42 + 10 * i));
const GOOD = { outcome: 'completed', ttft_ms: 42, tpot_ms: 10, last_output_ms: 152, output_tokens: 12 };

describe('times', () => {
  it('an event that is not a chunk moves nothing, the first event neither', () => {
    // Chunks at 100, 110 and 120 ms; the ping at 5,120 made of it a latency of 5,120 and a TPOT of 2,510.
    const record = recordOf([
      [5, { type: 'ping' }],
      token(100),
      token(110),
      token(120, 'x', { finish_reason: 'stop' }),
      [5120, { type: 'ping' }],
      done(5120),
    ]);
    expect(record).toMatchObject({ first_event_ms: 100, latency_ms: 120, tpot_ms: 10, chunks: 3 });
  });

  it('TPOT ends with the last output, latency with usage that comes 500 ms later', () => {
    const record = recordOf([...TWELVE, finish(152), usage(652), done(653)]);
    expect(record).toMatchObject({ ...GOOD, latency_ms: 652 });
    const sum = record.chunk_gaps_ms.reduce((total, gap) => total + gap, 0);
    expect(sum).toBe((record.last_output_ms as number) - (record.ttft_ms as number));
  });

  it.each([
    ['were asked for', 2],
    ['nobody asked for', 1],
  ])('with two choices that %s, TPOT and the gaps are what the reader of one answer sees', (_, choices) => {
    // Two answers of six tokens, 10 ms apart each, 5 ms out of step: 5.4 ms by the old formula.
    const both = Array.from({ length: 12 }, (_, i) => [
      42 + 5 * i,
      { choices: [{ index: i % 2, delta: { content: 'x' }, finish_reason: i < 10 ? null : 'stop' }] },
    ]) as Event[];
    const record = recordOf([...both, usage(100), done(100)], { choices });
    expect(record).toMatchObject({ outcome: 'completed', choices: 2, chunks: 12, output_tokens: 12, tpot_ms: 10 });
    expect(record.chunk_gaps_ms).toEqual(Array(10).fill(10));
  });

  it('a server that numbers its chunks in `index` has one choice, where one was asked for', () => {
    const numbered = TWELVE.map(([at], i) => [at, { choices: [{ index: i, delta: { content: 'x' } }] }]) as Event[];
    expect(recordOf([...numbered, finish(152), usage(152), done(153)])).toMatchObject(GOOD);
  });

  it('a gateway that numbers the parts of one answer in `index` has one choice: a part has no end of its own', () => {
    const parts = TWELVE.map(
      ([at], i): Event => [at, { choices: [{ index: i < 4 ? 0 : 1, delta: { content: 'x' } }] }],
    );
    // A ping between two chunks of one part is not another part.
    parts.splice(2, 0, [60, { type: 'ping' }]);
    expect(recordOf([...parts, finish(152), usage(152)])).toMatchObject(GOOD);
  });

  it.each([
    ['by chunks between those of another, although one lacks its end', null, { choices: 2 }],
    ['and one that lacks its end is cut, where no [DONE] came', 'cut', { choices: 2 }],
  ])('two answers that nobody asked for are noted %s', (_, kind, more) => {
    const both = TWELVE.map(
      ([at], i): Event => [at, { choices: [{ index: i % 2, delta: { content: 'x' }, finish_reason: null }] }],
    );
    const record = recordOf([...both, finish(152), ...(kind === null ? [done(153)] : [])]);
    // Each has a token every 20 ms.
    expect({ ...record, kind: record.failure?.kind ?? null }).toMatchObject({ kind, tpot_ms: 20, ...more });
  });

  it('counts the chunks whose output is reasoning alone', () => {
    const thought = (at: number): Event => [at, { choices: [{ delta: { reasoning_content: 'x' } }] }];
    const record = recordOf([thought(42), thought(52), token(62), finish(62), done(63)]);
    expect(record).toMatchObject({ ttft_ms: 42, first_content_ms: 62, chunks: 3, reasoning_chunks: 2 });
  });
});

describe('usage', () => {
  it.each<[string, Event[]]>([
    ['zeros first, the true one on the finish', [usage(10, 50, 0), ...TWELVE, finish(152, COUNTS())]],
    ['half of it first, all of it at the end', [usage(10, 50, undefined), ...TWELVE, finish(152), usage(153)]],
    ['zeros after it', [...TWELVE, finish(152), usage(153), usage(154, 0, 0)]],
    ['output alone at the end', [usage(10, 50, null), ...TWELVE, finish(152), usage(153, null, 12)]],
    [
      'a running count with every chunk',
      [...TWELVE.map(([at, data], i) => [at, { ...(data as object), ...COUNTS(i + 1) }] as Event), finish(152)],
    ],
    [
      'timings with every chunk beside usage',
      [...TWELVE, finish(152, { timings: { prompt_n: 1, predicted_n: 3 } }), usage(153)],
    ],
  ])('%s', (_, events) => {
    expect(recordOf([...events, done(160)])).toMatchObject({
      ...GOOD,
      input_tokens: 50,
      token_source: 'usage',
      failure: null,
    });
  });

  it('of 0 tokens beside text is not believed, and said so', () => {
    expect(recordOf([...TWELVE, finish(152), usage(153, 50, 0), done(153)])).toMatchObject({
      ...GOOD,
      input_tokens: 50,
      token_source: 'chunks',
      notes: ["the server's usage says 0 output tokens beside output, and is not believed"],
    });
  });

  it('of 1 token beside twelve chunks is not believed: a count that every chunk repeats', () => {
    const repeated = TWELVE.map(([at, data]): Event => [at, { ...(data as object), ...COUNTS(1) }]);
    expect(recordOf([...repeated, finish(152), done(153)])).toMatchObject({
      ...GOOD,
      token_source: 'chunks',
      notes: ["the server's usage says less than one output token for 8 chunks, and is not believed"],
    });
    // A gateway that sends characters may need four chunks for a token.
    expect(recordOf([...TWELVE, finish(152), usage(153, 50, 3), done(153)])).toMatchObject({ output_tokens: 3 });
  });

  it('of one choice alone is not believed beside the chunks of two, and that of both is', () => {
    const two = TWELVE.map(([at, data], i): Event => {
      const { choices } = data as { choices: object[] };
      return [at, { ...(data as object), choices: [{ ...choices[0], index: i % 2 }] }];
    });
    const told = (tokens: number) => recordOf([...two, finish(152), usage(153, 50, tokens), done(153)]);
    expect(told(6)).toMatchObject({
      ...{ output_tokens: 12, token_source: 'chunks' },
      notes: ["the server's usage says the output tokens of one choice alone, and is not believed"],
    });
    // Half a character is held back: 13 tokens in 12 chunks. A gateway that sends characters: 3 in 12.
    for (const tokens of [12, 13, 3])
      expect(told(tokens)).toMatchObject({ output_tokens: tokens, token_source: 'usage' });
  });

  it('of more cached tokens than the prompt has is not a count', () => {
    const cached = (cached_tokens: number): object => ({
      usage: { prompt_tokens: 50, completion_tokens: 12, prompt_tokens_details: { cached_tokens } },
    });
    expect(recordOf([...TWELVE, finish(152, cached(51)), done(153)]).cached_tokens).toBeNull();
    expect(recordOf([...TWELVE, finish(152, cached(50)), done(153)]).cached_tokens).toBe(50);
  });

  it.each([1e300, 2 ** 31, -1, 0.5, '12', null])('of %j tokens is no count', (count) => {
    const record = recordOf([...TWELVE, finish(152), usage(153, 50, count), done(153)]);
    expect(record).toMatchObject({ ...GOOD, token_source: 'chunks' });
  });

  it('of far more tokens than were asked for is not believed', () => {
    const events = [...TWELVE, finish(152), usage(153, 50, 1_000_000), done(153)];
    expect(recordOf(events, { mostOutputTokens: 2048 })).toMatchObject({ ...GOOD, token_source: 'chunks' });
    expect(recordOf(events, { mostOutputTokens: null })).toMatchObject({ output_tokens: 1_000_000 });
    // Reasoning counted apart, or a limit that the server does not know.
    const more = [...TWELVE, finish(152), usage(153, 50, 900), done(153)];
    expect(recordOf(more, { mostOutputTokens: 20 })).toMatchObject({ output_tokens: 900, token_source: 'usage' });
  });

  it('of a total over two choices is not doubled', () => {
    const choice = (index: number): Event => [42, { choices: [{ index, delta: { content: 'x' } }] }];
    const end = (index: number): Event => [
      60,
      { choices: [{ index, delta: {}, finish_reason: 'stop' }], ...COUNTS(4) },
    ];
    const events = [choice(0), choice(1), choice(0), choice(1), end(0), end(1), done(60)];
    expect(recordOf(events, { choices: 2 }).output_tokens).toBe(4);
  });
});

/** Fields of an event with usage 50/12. */
function COUNTS(completion_tokens = 12): object {
  return { usage: { prompt_tokens: 50, completion_tokens } };
}

describe('ends', () => {
  it.each(['', ' ', 'null'])(
    'a finish reason %j is none: five of twelve tokens, closed without [DONE], are cut',
    (word) => {
      const events = TWELVE.slice(0, 5).map(([at]) => token(at, 'x', { finish_reason: word }));
      expect(recordOf(events)).toMatchObject({ outcome: 'failed', failure: { kind: 'cut' }, finish_reason: null });
      expect(recordOf([...events, done(90)]).outcome).toBe('completed');
    },
  );

  it.each([
    ['[END]', ''],
    ['done', 'done'],
  ])('an end mark of nobody is not an end, and no fault after a finish reason: %s', (data, name) => {
    expect(recordOf([...TWELVE, finish(152), usage(152), [153, data, name]])).toMatchObject(GOOD);
    expect(recordOf([...TWELVE, [153, data, name]]).failure).toMatchObject({ kind: 'cut' });
  });

  it('a whole answer after its chunks ends it, and is not output a second time', () => {
    // MiniMax sends it, 200 ms late here: 13 chunks and a TPOT of 28.2 it was.
    const whole = { choices: [{ index: 0, message: { content: 'xxxxxxxxxxxx' }, finish_reason: 'stop' }], ...COUNTS() };
    const record = recordOf([...TWELVE, [352, whole]]);
    expect(record).toMatchObject({
      ...GOOD,
      chunks: 12,
      latency_ms: 352,
      response: 'xxxxxxxxxxxx',
      finish_reason: 'stop',
    });
    expect(recordOf([[42, whole]])).toMatchObject({ outcome: 'completed', chunks: 1, ttft_ms: 42 });
    const messages = TWELVE.map(([at]): Event => [at, { choices: [{ index: 0, message: { content: 'x' } }] }]);
    expect(recordOf([...messages, finish(152), usage(152)])).toMatchObject(GOOD);
  });

  it.each(['error', 'abort', 'cancelled', 'insufficient_system_resource', 'rejected', 'preempted'])(
    'finish reason %s is a failure',
    (word) => {
      const record = recordOf([...TWELVE, token(160, '', { finish_reason: word }), done(161)]);
      expect(record).toMatchObject({ outcome: 'failed', failure: { kind: 'api-error' }, finish_reason: word });
      expect(record.failure?.detail).toContain(word);
    },
  );

  it('a finish reason that nobody knows is noted, and masked', () => {
    const mask = (text: string): string => text.replaceAll('sk-1', '***');
    const record = recordOf([...TWELVE, token(160, '', { finish_reason: 'tired sk-1' }), done(161)], { mask });
    expect(record).toMatchObject({
      outcome: 'completed',
      finish_reason: 'tired ***',
      notes: ['a finish reason that is not known: tired ***'],
    });
  });

  it('one of two answers that lacks its end is cut', () => {
    const choice = (index: number, finish_reason: string | null): Event => [
      42,
      { choices: [{ index, delta: { content: 'x' }, finish_reason }] },
    ];
    expect(recordOf([choice(0, null), choice(1, null), choice(0, 'stop')], { choices: 2 }).failure?.kind).toBe('cut');
    expect(recordOf([choice(0, 'stop'), choice(1, 'length')], { choices: 2 }).outcome).toBe('completed');
  });

  it.each([201, 202, 206])('status %i with a good stream is good', (status) => {
    expect(recordOf([...TWELVE, finish(152), done(153)], {}, { status })).toMatchObject({ ...GOOD, status });
  });

  it('an event that is neither chunk nor error is named where the answer lacks its end', () => {
    const note = { type: 'note', text: 'moving to another node' };
    const { failure } = recordOf([...TWELVE, [160, note]]);
    expect(failure?.kind).toBe('cut');
    expect(failure?.detail).toContain(
      'last event that is not a chunk: {"type":"note","text":"moving to another node"}',
    );
  });
});

describe('errors', () => {
  const CHUNK_LIKE = { id: 'c-1', reason: 'out of memory' };

  it.each<[string, Event[]]>([
    ['as the last event', [...TWELVE.slice(0, 4), [80, CHUNK_LIKE, 'error']]],
    ['before [DONE]', [...TWELVE.slice(0, 4), [80, CHUNK_LIKE, 'error'], done(81)]],
    ['as the first event', [[80, CHUNK_LIKE, 'error'], ...TWELVE, finish(152), done(153)]],
    [
      'in the midst of an answer',
      [...TWELVE.slice(0, 4), [80, CHUNK_LIKE, 'error\r'], ...TWELVE, finish(152), done(153)],
    ],
    [
      'with the beginning of a chunk, as the last one',
      [...TWELVE, [160, { choices: [], reason: 'out of memory' }, 'error']],
    ],
    ['without JSON', [...TWELVE.slice(0, 4), [80, 'out of memory', 'error'], done(81)]],
  ])('an event that is called error is one: %s', (_, events) => {
    const { outcome, failure } = recordOf(events);
    expect({ outcome, kind: failure?.kind }).toEqual({ outcome: 'failed', kind: 'api-error' });
    expect(failure?.detail).toContain('out of memory');
  });

  it.each([
    ['after four tokens', TWELVE.slice(0, 4)],
    ['after the end', [...TWELVE, finish(152)]],
    ['before any event', []],
  ])('written as a bare line, in no event, keeps its words: %s', (_, events: Event[]) => {
    const { failure } = recordOf(events, {}, { text: '{"error":{"message":"CUDA out of memory"}}\n' });
    expect(failure).toMatchObject({ kind: 'api-error', detail: '{"message":"CUDA out of memory"}' });
  });

  it('lines that are not events are named where the answer lacks its end', () => {
    const { failure } = recordOf(TWELVE.slice(0, 4), {}, { text: '<html>502 Bad Gateway</html>\n' });
    expect(failure).toMatchObject({ kind: 'cut' });
    expect(failure?.detail).toContain('<html>502 Bad Gateway</html>');
    expect(recordOf([...TWELVE, finish(152), usage(153), done(153)], {}, { text: 'x-note: 1\n' })).toMatchObject(GOOD);
  });

  it('names of usual events are not errors', () => {
    const named = [...TWELVE, finish(152), usage(153)].map(([at, data]) => [at, data, 'message'] as Event);
    expect(recordOf([...named, [153, '[DONE]', 'done']])).toMatchObject(GOOD);
  });

  it('an empty error in every chunk of a good answer is none', () => {
    const events = [...TWELVE, finish(152), usage(153)].map(
      ([at, data]) => [at, { ...(data as object), error: {} }] as Event,
    );
    expect(recordOf([...events, done(153)])).toMatchObject(GOOD);
  });
});

describe('text that nobody knows', () => {
  const musing = (at: number): Event => [at, { choices: [{ delta: { role: 'assistant', musings: 'hm' } }] }];

  it('is output where the answer has no other', () => {
    expect(recordOf([musing(42), musing(52), finish(52), done(53)])).toMatchObject({
      outcome: 'completed',
      ttft_ms: 42,
      chunks: 2,
      chunk_gaps_ms: [10],
      response: 'hmhm',
      notes: ['text in an unknown field: musings, counted as output'],
    });
  });

  it('is noted, and no output, beside what is', () => {
    expect(recordOf([musing(10), ...TWELVE, finish(152), usage(152), done(153)])).toMatchObject({
      ...GOOD,
      chunks: 12,
      notes: ['text in an unknown field: musings, not counted as output'],
    });
  });
});

describe('token ids', () => {
  const ids = (at: number, id: number, content = ''): Event => [
    at,
    { choices: [{ index: 0, delta: { content }, token_ids: [id] }] },
  ];

  it('are output where a server turns none of them into text', () => {
    const events = TWELVE.map(([at], i) => ids(at, i + 7));
    expect(recordOf([...events, finish(152), usage(153), done(153)])).toMatchObject({
      ...GOOD,
      chunks: 12,
      notes: ['no text, but token_ids, counted as output'],
    });
  });

  it('beside text change nothing', () => {
    const events = TWELVE.map(([at], i) => ids(at, i + 7, 'x'));
    const record = recordOf([...events, ids(180, 2), finish(180), usage(180), done(180)]);
    expect(record).toMatchObject({ ...GOOD, chunks: 12 });
    expect(record.notes).toBeUndefined();
  });
});

describe('a fault of this program', () => {
  it('fails the one request, with its words', () => {
    const broken = {
      ...openaiChat,
      readEvent: () => {
        throw new RangeError('Maximum call stack size exceeded');
      },
    };
    expect(recordOf([...TWELVE, done(153)], { api: broken })).toMatchObject({
      outcome: 'failed',
      failure: {
        kind: 'bad-payload',
        detail: 'internal error while reading the answer: RangeError: Maximum call stack size exceeded',
      },
    });
  });

  it('is not a chunk of 9 million characters', () => {
    const long = 'x'.repeat(9_000_000);
    const events = [token(42, 'a'), token(52, 'b'), ...[62, 72].map((at) => token(at, long)), finish(82), done(83)];
    expect(recordOf(events)).toMatchObject({ outcome: 'completed', chunks: 4 });
  });
});

describe('any JSON in any field of a recorded stream', () => {
  const STREAM = splitEvents(readRecordedBody('llama-chat-stream-usage.txt'), openaiChat.endOf).data;
  const anyValue = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('', 'stop', 'error', 1e300, -1, [{}], { text: 'x' }),
  );

  /** Puts a value into one place of an event, however deep. */
  function put(event: string, place: number, value: unknown): string {
    let at = 0;
    const walk = (json: unknown): unknown => {
      if (at++ === place) return value;
      if (Array.isArray(json)) return json.map(walk);
      if (typeof json !== 'object' || json === null) return json;
      return Object.fromEntries(Object.entries(json).map(([key, inner]) => [key, walk(inner)]));
    };
    return JSON.stringify(walk(JSON.parse(event)));
  }

  it('never throws, never makes a whole answer of a cut one, and adds up', () => {
    const changes = fc.array(fc.tuple(fc.nat(STREAM.length - 1), fc.nat(24), anyValue), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(changes, fc.boolean(), (all, isCut) => {
        const events = [...STREAM];
        for (const [index, place, value] of all) events[index] = put(events[index] as string, place, value);
        // Cut before the events that tell the end.
        const kept = isCut ? events.slice(0, 6) : events;
        const received: ReceivedAnswer = {
          status: 200,
          headers: {},
          error: '',
          times: kept.map((_, i) => 10 * i),
          data: toEventTexts(kept),
          done: !isCut,
          text: '',
          firstByteMs: null,
          endMs: 1000,
        };
        const record = buildRecord(received, exampleContext({ keepText: 'always' }));
        expect(record.failure?.detail ?? '').not.toMatch(/^internal error/);
        expect((record.outcome === 'completed') === (record.failure === null)).toBe(true);
        if (isCut && record.finish_reason === null) expect(record.outcome).toBe('failed');
        expect(record.chunk_gaps_ms).toHaveLength(Math.max(0, (record.chunks as number) - 1));
        if (record.output_tokens !== null) expect(Number.isSafeInteger(record.output_tokens)).toBe(true);
        const { first_output_ms: first, last_output_ms: last } = record;
        const sum = record.chunk_gaps_ms.reduce((total, gap) => total + gap, 0);
        if (first !== null && last !== null) expect(sum).toBeCloseTo(last - first, 6);
      }),
      { numRuns: 1000 },
    );
  });
});
