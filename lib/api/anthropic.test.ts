import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { anthropic } from './anthropic.ts';
import { buildRequest } from './build-request.ts';
import { buildBareRequest } from './connection-requests.ts';
import type { Delta } from './delta.ts';

const URL = 'http://h/v1/messages';

/** What an event, whose type is its name, says. */
function read(type: string, fields: object = {}): Delta {
  return anthropic.readEvent(JSON.stringify({ type, ...fields }), type);
}

function bodyOf(settings: Record<string, string>, prompt: Prompt = { messages: [{ role: 'user', content: 'Hi' }] }) {
  return JSON.parse(buildRequest(prompt, configOf({ URL, ...settings })).body) as Record<string, unknown>;
}

describe('what an event says', () => {
  it.each([
    [{ delta: { type: 'text_delta', text: 'a' } }, { text: 'a', hasContent: true, isReasoning: false }],
    [{ delta: { type: 'thinking_delta', thinking: 't' } }, { text: 't', hasContent: false, isReasoning: true }],
    [{ delta: { type: 'input_json_delta', partial_json: '{"a"' } }, { text: '{"a"', hasContent: false }],
  ])('%j is output', (fields, expected) => {
    expect(read('content_block_delta', fields)).toMatchObject({ kind: 'chunk', hasOutput: true, ...expected });
  });

  it.each([
    [{ content_block: { type: 'tool_use', id: 't', name: 'f', input: {} } }, { text: 'f', hasContent: false }],
    [{ content_block: { type: 'server_tool_use', name: 'web_search', input: {} } }, { text: 'web_search' }],
    [{ content_block: { type: 'redacted_thinking', data: 'Emw' } }, { text: 'Emw', isReasoning: true }],
    [{ content_block: { type: 'text', text: 'at once' } }, { text: 'at once', hasContent: true }],
  ])('%j begins with output', (fields, expected) => {
    expect(read('content_block_start', fields)).toMatchObject({ kind: 'chunk', hasOutput: true, ...expected });
  });

  it.each([
    ['content_block_start', { content_block: { type: 'text', text: '' } }],
    ['content_block_start', { content_block: { type: 'thinking', thinking: '', signature: '' } }],
    ['content_block_start', { content_block: { type: 'web_search_tool_result', content: [{ title: 'a page' }] } }],
    ['content_block_delta', { delta: { type: 'signature_delta', signature: 'Eqo' } }],
    ['content_block_delta', { delta: { type: 'citations_delta', citation: { cited_text: 'a' } } }],
    ['message_start', { message: { role: 'assistant', content: [], usage: { input_tokens: 1, output_tokens: 1 } } }],
  ])('%s of %j is a chunk without output', (type, fields) => {
    expect(read(type, fields)).toMatchObject({ kind: 'chunk', hasChoices: true, hasOutput: false, unknownFields: [] });
  });

  it.each(['ping', 'content_block_stop', 'message_stop'])('%s says nothing', (type) => {
    expect(read(type).kind).toBe('other');
  });

  it('notes text of a kind that nobody knows', () => {
    expect(read('content_block_delta', { delta: { type: 'song_delta', text: 'la' } })).toMatchObject({
      hasOutput: false,
      unknownFields: ['song_delta'],
    });
  });

  it.each(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal'])(
    'takes stop_reason %s for the finish reason, and counts of output that grow',
    (stop_reason) => {
      expect(read('message_delta', { delta: { stop_reason }, usage: { output_tokens: 15 } })).toMatchObject({
        choices: [{ finishReason: stop_reason }],
        usage: { inputTokens: null, outputTokens: 15, cachedTokens: null },
      });
    },
  );

  it('counts what a cache gave and took apart, and no output at the start', () => {
    const usage = { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 1 };
    expect(read('message_start', { message: { usage } }).usage).toMatchObject({
      inputTokens: 5,
      cachedTokens: 100,
      writtenTokens: 20,
      outputTokens: null,
    });
    expect(read('message_start', { message: { usage: { input_tokens: 5 } } }).usage).toMatchObject({
      inputTokens: 5,
      cachedTokens: null,
    });
  });

  it('tells errors by their object, also those of gateways', () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    expect(anthropic.readEvent(JSON.stringify({ type: 'error', error }), '')).toMatchObject({
      kind: 'error',
      problem: JSON.stringify(error),
    });
    expect(read('error', { error }).kind).toBe('error');
    expect(anthropic.readEvent('{"error":{"message":"no slots"}}', '').kind).toBe('error');
  });
});

describe('the end', () => {
  it('is recognised by the name, or by the type wherever it is, but not by a text of the model', () => {
    const ends = (data: string, name = '') => anthropic.endOf(data, name);
    expect(ends('{}', 'message_stop')).toBe('mark');
    expect(ends('{"metrics":{},"type":"message_stop"}')).toBe('mark');
    const text = JSON.stringify({ type: 'content_block_delta', delta: { text: '{"type":"message_stop"}' } });
    expect(ends(text)).toBeNull();
  });
});

describe('a whole answer', () => {
  it('has the texts of its blocks', () => {
    const content = [
      { type: 'thinking', thinking: 'so ', signature: 'Eqo' },
      { type: 'text', text: 'Hi' },
      { type: 'tool_use', name: 'f', input: { a: 1 } },
    ];
    const usage = { input_tokens: 3, output_tokens: 7 };
    const answer = { type: 'message', role: 'assistant', content, stop_reason: 'tool_use', usage };
    expect(anthropic.readWhole(JSON.stringify(answer))).toMatchObject({
      text: 'so Hif{"a":1}',
      hasContent: true,
      isWhole: true,
      choices: [{ hasOutput: true, finishReason: 'tool_use' }],
      usage: { inputTokens: 3, outputTokens: 7 },
    });
    expect(anthropic.readWhole('{"type":"error","error":{"type":"api_error","message":"x"}}').kind).toBe('error');
  });
});

describe('the request', () => {
  it('sends the fields that the API has, the limit among them', () => {
    expect(bodyOf({ STOP: '["###"]', TEMPERATURE: '0.5', TOP_K: '4' })).toEqual({
      messages: [{ role: 'user', content: 'Hi' }],
      model: 'm',
      max_tokens: 2048,
      stop_sequences: ['###'],
      stream: true,
      temperature: 0.5,
      top_k: 4,
    });
  });

  it('puts what the system says into a field of its own', () => {
    const user = { role: 'user', content: 'Hi' };
    const system = (content: unknown) => ({ role: 'system', content });
    expect(bodyOf({}, { messages: [system('Be brief.'), user] })).toMatchObject({
      system: 'Be brief.',
      messages: [user],
    });
    const parts = [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }];
    expect(bodyOf({}, { messages: [system(parts), system('b'), user] })['system']).toEqual([
      ...parts,
      { type: 'text', text: 'b' },
    ]);
    const template = '{"system":"of the template","thinking":{"type":"enabled","budget_tokens":1024}}';
    expect(bodyOf({ QUERY_TEMPLATE: template })).toMatchObject({ system: 'of the template', messages: [user] });
  });

  it('sends pictures by address or with their data', () => {
    const content = ['http://h/a.png', 'data:image/png;base64,iVBO'].map((url) => ({
      type: 'image_url',
      image_url: { url },
    }));
    expect(bodyOf({}, { messages: [{ role: 'user', content }] })['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'http://h/a.png' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
        ],
      },
    ]);
  });

  it('puts the key into x-api-key, beside the version, and both give way to headers of the user', () => {
    const headersOf = (settings: Record<string, string>) =>
      buildRequest({ messages: [] }, configOf({ URL, ...settings })).headers;
    expect(headersOf({ API_KEY: 'k-1' })).toEqual({
      'Content-Type': 'application/json',
      'Accept-Encoding': 'identity',
      'anthropic-version': '2023-06-01',
      'x-api-key': 'k-1',
    });
    expect(headersOf({ HEADERS: 'anthropic-version=2099-01-01' })['anthropic-version']).toBe('2099-01-01');
    // k6 sends one of two that differ in their case, and nobody knows which.
    expect(headersOf({ API_KEY: 'k-1', HEADERS: 'X-Api-Key=mine,content-type=text/json' })).toEqual({
      'Accept-Encoding': 'identity',
      'anthropic-version': '2023-06-01',
      'X-Api-Key': 'mine',
      'content-type': 'text/json',
    });
    expect(buildBareRequest(configOf({ URL, API_KEY: 'k-1' })).headers).toEqual({ 'Content-Type': 'application/json' });
  });
});
