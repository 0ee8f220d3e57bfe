import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { buildRequest } from './build-request.ts';
import { buildBareRequest, shortenAnswer } from './connection-requests.ts';
import type { Delta } from './delta.ts';
import { openaiResponses } from './openai-responses.ts';

const URL = 'http://h/v1/responses';

/** What an event, whose type is its name, says. */
function read(type: string, fields: object = {}): Delta {
  return openaiResponses.readEvent(JSON.stringify({ type, ...fields }), type);
}

function whole(fields: object): Delta {
  return openaiResponses.readWhole(JSON.stringify({ object: 'response', error: null, output: [], ...fields }));
}

function bodyOf(settings: Record<string, string>, prompt: Prompt = { messages: [{ role: 'user', content: 'Hi' }] }) {
  return JSON.parse(buildRequest(prompt, configOf({ URL, ...settings })).body) as Record<string, unknown>;
}

describe('what an event says', () => {
  it.each([
    ['response.output_text.delta', { delta: 'a' }, { text: 'a', hasContent: true, isReasoning: false }],
    ['response.refusal.delta', { delta: 'I cannot' }, { text: 'I cannot', hasContent: true }],
    ['response.reasoning_text.delta', { delta: 'r' }, { text: 'r', hasContent: false, isReasoning: true }],
    ['response.reasoning_summary_text.delta', { delta: 'r' }, { text: 'r', isReasoning: true }],
    [
      'response.function_call_arguments.delta',
      { delta: '{"a"' },
      { text: '{"a"', hasContent: false, isReasoning: false },
    ],
    ['response.custom_tool_call_input.delta', { delta: 'ls' }, { text: 'ls', hasContent: false }],
    ['response.code_interpreter_call_code.delta', { delta: 'x=1' }, { text: 'x=1', hasContent: false }],
    ['response.output_item.added', { item: { type: 'function_call', name: 'f', arguments: '' } }, { text: 'f' }],
    ['response.audio.transcript.delta', { delta: 'said' }, { text: 'said', hasContent: true }],
    ['response.audio.delta', { delta: 'UklGRg==' }, { text: '', hasContent: false }],
    ['response.image_generation_call.partial_image', { partial_image_b64: 'iVBORw' }, { text: '', hasContent: false }],
    ['response.output_item.done', { item: { type: 'image_generation_call', result: 'iVBORw' } }, { text: '' }],
  ])('%s is output', (type, fields, expected) => {
    expect(read(type, fields)).toMatchObject({ kind: 'chunk', hasOutput: true, ...expected });
  });

  it.each([
    ['response.output_text.delta', { delta: '' }],
    ['response.output_item.added', { item: { type: 'message', role: 'assistant', content: [] } }],
    ['response.output_item.done', { item: { type: 'message', content: [{ type: 'output_text', text: 'all' }] } }],
  ])('%s without anything new is a chunk without output', (type, fields) => {
    expect(read(type, fields)).toMatchObject({ kind: 'chunk', hasChoices: true, hasOutput: false });
  });

  it.each([
    'response.created',
    'response.in_progress',
    'response.output_text.done',
    'response.output_text.annotation.added',
    'response.web_search_call.searching',
    'response.mcp_call.failed',
    'keepalive',
  ])('%s says nothing', (type) => {
    expect(read(type, { response: { error: null }, text: 'all' }).kind).toBe('other');
  });

  it('notes text of a kind that nobody knows', () => {
    expect(read('response.song.delta', { delta: 'la' })).toMatchObject({
      hasOutput: false,
      unknownFields: ['response.song.delta'],
      unknownText: 'la',
    });
  });

  it.each([
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down', param: null }, 'Slow down'],
    [{ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } }, 'server_error'],
    [{ error: { message: 'no slots' } }, 'no slots'],
    [{ type: 'response.failed', response: { output: [] } }, 'response.failed'],
    [{ type: 'response.failed', error: { message: 'gone' } }, 'gone'],
    [{ type: 'response.failed', message: 'gone' }, 'gone'],
  ])('tells the error of %j', (event, words) => {
    const { kind, problem } = openaiResponses.readEvent(JSON.stringify(event), '');
    expect([kind, problem.includes(words)]).toEqual(['error', true]);
  });

  it.each([
    ['response.cancelled', { response: { output: [] } }, 'cancelled'],
    ['response.completed', {}, 'completed'],
    ['response.completed', { response: { status: 'completed', error: { code: '', message: null } } }, 'completed'],
  ])('tells by the type %s how it ended where %j does not', (type, fields, finishReason) => {
    expect(read(type, fields)).toMatchObject({ kind: 'chunk', choices: [{ finishReason }] });
  });

  it('takes a reason to be incomplete for a finish reason, with usage', () => {
    const usage = { input_tokens: 9, output_tokens: 5, input_tokens_details: { cached_tokens: 4 } };
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [], usage };
    expect(read('response.incomplete', { response: incomplete })).toMatchObject({
      choices: [{ finishReason: 'max_output_tokens' }],
      usage: { inputTokens: 9, outputTokens: 5, cachedTokens: 4 },
    });
  });
});

describe('a whole answer', () => {
  it('has the texts of its items', () => {
    const output = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'so ' }], content: [] },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'Hi' },
          { type: 'refusal', refusal: '!' },
        ],
      },
      { type: 'function_call', name: 'f', arguments: '{}' },
    ];
    const usage = { input_tokens: 3, output_tokens: 7 };
    expect(whole({ status: 'completed', output, usage })).toMatchObject({
      hasContent: true,
      isWhole: true,
      text: 'so Hi!f{}',
      choices: [{ hasOutput: true, finishReason: 'completed' }],
      usage: { inputTokens: 3, outputTokens: 7 },
    });
  });

  it('is an error where it failed, and where it is none', () => {
    expect(whole({ status: 'failed', error: { code: 'server_error', message: 'boom' } })).toMatchObject({
      kind: 'error',
      problem: '{"code":"server_error","message":"boom"}',
    });
    expect(openaiResponses.readWhole('{"error":{"message":"boom"}}').kind).toBe('error');
  });
});

describe('the end', () => {
  it('is recognised by the name, by a type in front, or by one at the end', () => {
    const long = JSON.stringify('x'.repeat(1000));
    const ends = (data: string, name = '') => openaiResponses.endOf(data, name);
    expect(ends('{}', 'response.completed')).toBe('last');
    expect(ends(`{"type":"response.incomplete","response":{"output":${long}}}`)).toBe('last');
    expect(ends(`{"response":{"output":${long}},"sequence_number":9,"type":"response.completed"}`)).toBe('last');
    expect(ends(`{"type":"response.output_text.delta","delta":"\\"type\\":\\"response.completed\\"}"}`)).toBeNull();
    expect(ends('[DONE]')).toBe('mark');
  });
});

describe('the request', () => {
  it('sends input and the fields that the API has', () => {
    const settings = { TEMPERATURE: '0.5', TOP_P: '0.9', EXTRA_ARGS: '{"store":false}' };
    expect(bodyOf(settings)).toEqual({
      input: [{ role: 'user', content: 'Hi' }],
      model: 'm',
      max_output_tokens: 2048,
      stream: true,
      temperature: 0.5,
      top_p: 0.9,
      store: false,
    });
  });

  it('names the types of parts as this API does', () => {
    const content = [
      { type: 'text', text: 'What?' },
      { type: 'image_url', image_url: { url: 'http://h/a.png', detail: 'low' } },
    ];
    const said = { role: 'assistant', content: [{ type: 'text', text: 'A cat' }] };
    expect(bodyOf({}, { messages: [{ role: 'user', content }, said] })['input']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What?' },
          { type: 'input_image', image_url: 'http://h/a.png', detail: 'low' },
        ],
      },
      { role: 'assistant', content: [{ type: 'output_text', text: 'A cat' }] },
    ]);
  });

  it('limits an answer, also that of the connection test', () => {
    const request = buildRequest({ messages: [], max_tokens: 40 }, configOf({ URL }));
    expect(request.mostOutputTokens).toBe(40);
    // OpenAI refuses fewer than 16.
    expect(JSON.parse(shortenAnswer(request).body)).toMatchObject({ max_output_tokens: 16 });
    expect(JSON.parse(buildBareRequest(configOf({ URL })).body)).toEqual({
      model: 'm',
      input: [{ role: 'user', content: 'hello' }],
      max_output_tokens: 1,
    });
  });
});
