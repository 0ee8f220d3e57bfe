import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../shared/json.ts';
import { buildConversation, createAnonymiser } from './build-conversations.ts';
import { listFormats } from './formats.ts';
import { readMoment } from './trace-row.ts';

function read(row: JsonObject, map = {}) {
  const format = listFormats(map).find((candidate) => candidate.fits(row));
  return [format?.name, format?.read(row)] as const;
}

describe('formats of traces', () => {
  it('knows each by its first row', () => {
    const hashed = { timestamp: 27482, input_length: 6955, output_length: 52, hash_ids: [46, 47] };
    const prompt = {
      messages: [{ role: 'user', tokens: 6955, blocks: [46, 47], block_tokens: 512 }],
      output_tokens: 52,
    };
    expect(read(hashed)).toMatchObject(['mooncake', [{ at_ms: 27482, session: null, turn: prompt }]]);
    const bailian = { ...hashed, chat_id: 159, parent_chat_id: -1, timestamp: 61.5, turn: 1 };
    expect(read(bailian)).toMatchObject(['bailian', [{ at_ms: 61_500, session: '159', turn: { restarts: true } }]]);
    expect(
      read({ TIMESTAMP: '2023-11-16 18:17:03.9799600', ContextTokens: '4808', GeneratedTokens: '10' }),
    ).toMatchObject([
      'azure',
      [
        {
          at_ms: Date.UTC(2023, 10, 16, 18, 17, 3) + 979.96,
          turn: { output_tokens: 10, messages: [{ tokens: 4808 }] },
        },
      ],
    ]);
    const burst = { Timestamp: '5', 'Request tokens': '472', 'Response tokens': '18', Model: 'GPT-4' };
    expect(read(burst)).toMatchObject(['burstgpt', [{ at_ms: 5000, turn: { output_tokens: 18 } }]]);
    expect(read({ ...burst, 'Response tokens': '0' })).toEqual(['burstgpt', []]);
  });

  it('follows the chats of Bailian to the first of them', () => {
    const bailian = listFormats({}).find(({ name }) => name === 'bailian');
    const row = (chat_id: number, parent_chat_id: number) => ({
      chat_id,
      parent_chat_id,
      timestamp: chat_id,
      input_length: 16,
      output_length: 1,
      hash_ids: [1],
    });
    const sessions = [row(1, -1), row(2, 1), row(3, 2), row(4, -1)].map((one) => bailian?.read(one)?.[0]);
    expect(sessions.map((one) => (typeof one === 'object' ? one.session : one))).toEqual(['1', '1', '1', '4']);
  });

  // evalscope's tests/perf/test_trie_replay.py: num_turns N makes N + 1 turns, 10, 20, 30 and 70 as their limits.
  it('reads agents of trie', () => {
    const row = {
      input_prompt_length: 100,
      num_turns: 3,
      assistant_response_length: [10, 20, 30],
      tool_call_output_length: [1, 2, 3],
      tool_call_latency: [0.1, 0.2, 0.3],
      final_assistant_response_length: 70,
    };
    const [name, rows] = read(row);
    const [{ turn, next = [] }] = rows as never as [{ turn: JsonObject; next: JsonObject[] }];
    expect([name, ...[turn, ...next].map(({ max_tokens, delay_ms }) => [max_tokens, delay_ms])]).toEqual([
      'trie',
      [10, undefined],
      [20, 100],
      [30, 200],
      [70, 300],
    ]);
    expect(read({ ...row, tool_call_latency: [1] })[1]).toBe('lists of 3, 3, 1 for 3 turns');
  });

  it('reads bodies of workload_trace without secrets', () => {
    const body = JSON.stringify({
      model: 'm',
      stream: true,
      max_tokens: 9,
      temperature: 0.5,
      messages: [{ role: 'user', content: 'a' }],
    });
    const headers = { Authorization: 'Bearer k', 'x-team': 't', Host: 'h' };
    expect(read({ body, timestamp: '2026-01-01T10:00:00Z', headers, completion_tokens: 7 })).toEqual([
      'workload-trace',
      [
        {
          at_ms: Date.UTC(2026, 0, 1, 10),
          session: null,
          turn: {
            messages: [{ role: 'user', content: 'a' }],
            output_tokens: 7,
            max_tokens: 9,
            body: { temperature: 0.5 },
            headers: { 'x-team': 't' },
          },
        },
      ],
    ]);
    expect(read({ body: '{}', timestamp: 1 })[1]).toBe('a "body" without "messages"');
  });

  it('reads spans of OpenTelemetry, in OTLP and one a line', () => {
    const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }]);
    const typed = [
      { key: 'gen_ai.conversation.id', value: { stringValue: 'c' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '12' } },
      { key: 'gen_ai.input.messages', value: { stringValue: messages } },
    ];
    const span = {
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000001500000000',
      attributes: typed,
    };
    const wanted = {
      at_ms: 1_700_000_000_000,
      session: 'c',
      turn: { messages: [{ role: 'user', content: 'hi' }], output_tokens: 12, duration_ms: 1500 },
    };
    expect(read({ resourceSpans: [{ scopeSpans: [{ spans: [span, { attributes: [] }] }] }] })).toEqual([
      'otel',
      [wanted],
    ]);
    const flat = {
      start_time: '2026-01-01T00:00:00.25Z',
      attributes: { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 5 },
    };
    expect(read(flat)).toMatchObject(['otel', [{ at_ms: Date.UTC(2026, 0, 1) + 250, input_tokens: 100 }]]);
  });

  it('reads logs by a mapping', () => {
    const row = { when: 1700000000, who: 7, call: { q: 'hello' }, took: 12 };
    const map = { at: 'when', session: 'who', prompt: 'call.q', duration_ms: 'took' };
    expect(read(row, map)).toEqual([
      'log',
      [
        {
          at_ms: 1_700_000_000_000 / 1000,
          session: '7',
          turn: { messages: [{ role: 'user', content: 'hello' }], duration_ms: 12 },
        },
      ].map((one) => ({ ...one, at_ms: 1_700_000_000_000 })),
    ]);
    expect(read({ time: 1 })[1]).toContain('neither a prompt nor its length');
  });

  it('takes numbers for what their size tells', () => {
    expect([5, 1.7e9, 1.7e12, 1.7e15, 1.7e18].map(readMoment)).toEqual([5000, 1.7e12, 1.7e12, 1.7e12, 1.7e12]);
    expect(readMoment('2026-01-01T10:00:05+08:00')).toBe(Date.UTC(2026, 0, 1, 2, 0, 5));
    expect(['', 'soon', null, Number.NaN].map(readMoment)).toEqual([null, null, null, null]);
  });
});

describe('conversations of a trace', () => {
  const said = (role: string, content: string) => ({ role, content });
  const row = (at_ms: number, ...messages: { role: string; content: string }[]) => ({
    at_ms,
    session: 's',
    turn: { messages },
  });

  it('keeps what is new in each prompt, and what it repeats of the answer', () => {
    const [a, b, c] = [said('user', 'a'), said('assistant', 'b'), said('user', 'c')];
    expect(buildConversation('s', [row(1500, a, b, c), row(1000, a)], 1000)).toEqual({
      ...{ id: 's', start_ms: 0 },
      turns: [
        { messages: [a], reply: b },
        { messages: [c], at_ms: 500 },
      ],
    });
    expect(buildConversation('s', [row(0, a), row(9, c)], 0).turns[1]).toEqual({
      messages: [c],
      restarts: true,
      at_ms: 9,
    });
  });

  it('takes the growth of a length for what is new', () => {
    const long = (at_ms: number, tokens: number) => ({
      at_ms,
      session: 's',
      input_tokens: tokens,
      turn: { messages: [{ role: 'user', content: undefined, tokens }], output_tokens: 10 },
    });
    const { turns } = buildConversation('s', [long(0, 100), long(1, 150), long(2, 50)], 0);
    expect(turns.map(({ messages, restarts }) => [messages[0]?.['tokens'], restarts])).toEqual([
      [100, undefined],
      [40, undefined],
      [50, true],
    ]);
  });

  it('hides texts, and lets equal ones stay equal', () => {
    const hide = createAnonymiser(
      (text) => text.length,
      (text) => text,
    );
    const line = {
      id: 'alice',
      start_ms: 3,
      turns: [
        {
          messages: [said('system', 'secret'), said('user', 'x')],
          body: { user: 'alice' },
          headers: { cookie: 'c' },
          max_tokens: 5,
        },
      ],
    };
    const hidden = [hide(line, 0), hide({ ...line, turns: [{ messages: [said('system', 'secret')] }] }, 1)];
    expect(JSON.stringify(hidden)).not.toMatch(/alice|secret|cookie|"x"/);
    expect(hidden[0]?.turns[0]).toMatchObject({
      max_tokens: 5,
      messages: [
        { role: 'system', tokens: 6, blocks: [0] },
        { tokens: 1, blocks: [1] },
      ],
    });
    expect(hidden[1]?.turns[0]?.messages[0]).toMatchObject({ tokens: 6, blocks: [0] });
  });
});
