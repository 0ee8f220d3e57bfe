import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { namedEventsOf, postRaw, type RawAnswer } from '../../../tests/support/mock-client.ts';
import { type MockServer, startMockServer } from '../server.ts';

let server: MockServer;

beforeAll(async () => {
  server = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 3 });
});

afterAll(() => server.close());

const BODY = { model: 'm', max_tokens: 64, stream: true, messages: [{ role: 'user', content: '12345678' }] };
const VERSION = { 'anthropic-version': '2023-06-01' };

function ask(knobs: Readonly<Record<string, string>> = {}, body: object = BODY): Promise<RawAnswer> {
  const headers = Object.fromEntries(Object.entries(knobs).map(([name, value]) => [`x-mock-${name}`, value]));
  return postRaw(server.port, '/v1/messages', body, { ...VERSION, ...headers });
}

async function eventsOf(knobs: Readonly<Record<string, string>> = {}, body: object = BODY) {
  return namedEventsOf(await ask(knobs, body));
}

describe('a stream of messages', () => {
  it('has the events of the recorded one, and the ping of the real service', async () => {
    const path = new URL('../../../tests/fixtures/streams/llama-anthropic-messages-stream.txt', import.meta.url);
    const recorded = readFileSync(path, 'utf8').match(/(?<=^event: ).*$/gm)!;
    const events = (await eventsOf({}, { ...BODY, max_tokens: 3 })).map(([name]) => name);
    expect(events.filter((name) => name !== 'ping')).toEqual(recorded);
    expect(events.indexOf('ping')).toBe(2);
  });

  it('names each event as its type does, starts with the input and ends with the output', async () => {
    const events = await eventsOf({ 'cached-tokens': '1' });
    for (const [name, json] of events) expect(json['type']).toBe(name);
    expect(events[0]![1]).toMatchObject({
      message: {
        type: 'message',
        role: 'assistant',
        content: [],
        stop_reason: null,
        // 8 characters are 2 tokens, one of them cached: what was read from the cache is not part of the input.
        usage: { input_tokens: 1, cache_read_input_tokens: 1, cache_creation_input_tokens: 0, output_tokens: 1 },
      },
    });
    expect(events.slice(-2).map(([, json]) => json)).toEqual([
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } },
      { type: 'message_stop' },
    ]);
  });

  it('thinks in a block of its own, signed before it ends', async () => {
    const events = await eventsOf({ 'reasoning-tokens': '2' });
    const told = events.map(([, json]) => {
      const { type, content_block, delta, index = '' } = json as Record<string, never>;
      return [type, index, content_block?.['type'] ?? delta?.['type'] ?? ''].join(' ').trim();
    });
    expect(told.slice(1, -2)).toEqual([
      'content_block_start 0 thinking',
      'ping',
      'content_block_delta 0 thinking_delta',
      'content_block_delta 0 thinking_delta',
      'content_block_delta 0 signature_delta',
      'content_block_stop 0',
      'content_block_start 1 text',
      'content_block_delta 1 text_delta',
      'content_block_stop 1',
    ]);
  });

  it('calls a tool with input that is JSON together', async () => {
    const events = await eventsOf({ 'tool-calls': 'on' });
    expect(events[1]![1]['content_block']).toMatchObject({ type: 'tool_use', name: 'search', input: {} });
    const parts = events.flatMap(([, { delta }]) => (delta as { partial_json?: string })?.partial_json ?? []);
    expect(JSON.parse(parts.join(''))).toEqual({ query: expect.stringMatching(/^\w+( \w+){2}$/) });
    expect(events.at(-2)![1]).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  it('ends for a limit, without message_stop, or with an error', async () => {
    expect((await eventsOf({}, { ...BODY, max_tokens: 2 })).at(-2)![1]).toMatchObject({
      delta: { stop_reason: 'max_tokens' },
    });
    expect((await eventsOf({ 'no-done': 'on' })).at(-1)![0]).toBe('message_delta');
    expect((await eventsOf({ 'error-at': '2' })).at(-1)).toEqual([
      'error',
      { type: 'error', error: { type: 'api_error', message: 'The model ran into a planned fault' } },
    ]);
  });

  it('is cut, reset and pinged as others are', async () => {
    expect((await eventsOf({ 'cut-at': '2' })).at(-1)![0]).toBe('content_block_delta');
    expect(await ask({ 'reset-at': '1' })).toMatchObject({ isWhole: false, error: 'ECONNRESET' });
    expect((await ask({ 'ping-before-first': '2' })).body.split(': ping\n\n')).toHaveLength(3);
    const pings = (await eventsOf({ 'ping-before-first': '2', 'ping-style': 'event' })).filter(
      ([name]) => name === 'ping',
    );
    expect(pings).toHaveLength(3);
  });
});

describe('a whole message', () => {
  it('has the text of the stream, thinking and tool use as blocks, and usage unasked', async () => {
    const whole = { ...BODY, stream: false };
    const message = JSON.parse((await ask({ 'reasoning-tokens': '1', 'tool-calls': 'on' }, whole)).body);
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: expect.any(String), signature: expect.any(String) },
        { type: 'tool_use', name: 'search', input: { query: expect.any(String) } },
      ],
      usage: { input_tokens: 2, output_tokens: 3, cache_read_input_tokens: 0 },
    });
  });
});

describe('errors of messages', () => {
  const refusal = async (body: object, headers: Record<string, string> = VERSION) => {
    const answer = await postRaw(server.port, '/v1/messages', body, headers);
    return [answer.status, JSON.parse(answer.body)];
  };

  it('are those of the real service for what it does not take', async () => {
    const error = (message: string) => ({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining(message) },
      request_id: expect.any(String),
    });
    const { max_tokens: _, ...unlimited } = BODY;
    const system = { ...BODY, messages: [{ role: 'system', content: 'x' }, ...BODY.messages] };
    expect(await refusal(BODY, {})).toEqual([400, error('anthropic-version: header is required')]);
    expect(await refusal(unlimited)).toEqual([400, error('max_tokens: Field required')]);
    expect(await refusal(system)).toEqual([400, error('Unexpected role "system"')]);
    expect(await refusal({ ...BODY, messages: [] })).toEqual([400, error('at least one message')]);
  });

  it('have its types, with retry-after, and 401 without the key in x-api-key', async () => {
    const limited = await ask({ status: '429', 'retry-after': '3' });
    expect(limited.headers['retry-after']).toBe('3');
    expect(JSON.parse(limited.body).error.type).toBe('rate_limit_error');
    expect(JSON.parse((await ask({ status: '529' })).body).error).toEqual({
      type: 'overloaded_error',
      message: 'Overloaded',
    });
    const locked = await startMockServer({ requireKey: 'k', ttftMs: 0, tpotMs: 0 });
    const status = async (headers: object) =>
      (await postRaw(locked.port, '/v1/messages', BODY, { ...VERSION, ...headers })).status;
    const statuses = [await status({ authorization: 'Bearer k' }), await status({ 'x-api-key': 'k' })];
    const models = await fetch(`${locked.url}/v1/models`, { headers: { 'x-api-key': 'k' } });
    await locked.close();
    expect([...statuses, models.status]).toEqual([401, 200, 200]);
  });
});
