import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOpenaiEvent } from './read-event.ts';

const read = (event: unknown, name = '') => readOpenaiEvent(JSON.stringify(event), name);
const delta = (fields: object) => read({ choices: [{ index: 0, delta: fields }] });

describe('output', () => {
  it.each([
    ['content', { content: 'x' }],
    ['content parts', { content: [{ type: 'text', text: 'x' }] }],
    ['one content part', { content: { type: 'output_text', text: 'x' } }],
    ['a refusal', { refusal: 'x' }],
    ['spoken words', { audio: { id: 'a', transcript: 'x' } }],
  ])('takes %s for visible text', (_, fields) => {
    expect(delta(fields)).toMatchObject({ hasOutput: true, hasContent: true, isReasoning: false, text: 'x' });
  });

  it.each([
    ['DeepSeek, vLLM, llama.cpp', { reasoning_content: 'x' }],
    ['OpenRouter, Groq', { reasoning: 'x' }],
    ['two fields with the same text', { reasoning: 'x', reasoning_content: 'x' }],
    ['an object', { reasoning: { content: 'x' } }],
    ['OpenRouter, texts', { reasoning_details: [{ type: 'reasoning.text', text: 'x', signature: 's' }] }],
    ['OpenRouter, summaries', { reasoning_details: [{ type: 'reasoning.summary', summary: 'x' }] }],
    ['OpenRouter, encrypted', { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', id: 'r' }] }],
    ['Mistral', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'x' }] }] }],
    ['a part with a text', { content: [{ type: 'thinking', thinking: 'x' }] }],
    ['LiteLLM', { thinking_blocks: [{ type: 'thinking', thinking: 'x', signature: '' }] }],
    ['thinking', { thinking: 'x' }],
    ['Gemini', { thought: 'x' }],
    ['empty content beside it', { content: '', role: 'assistant', reasoning_content: 'x' }],
  ])('takes reasoning in the shape of %s for output that is not visible', (_, fields) => {
    expect(delta(fields)).toMatchObject({ hasOutput: true, hasContent: false, isReasoning: true, text: 'x' });
    expect(delta(fields).unknownFields).toEqual([]);
  });

  it.each([
    ['the name of a function', { tool_calls: [{ index: 0, function: { name: 'x' } }] }],
    ['its arguments', { tool_calls: [{ index: 0, function: { arguments: 'x' } }] }],
    ['the input of a custom tool', { tool_calls: [{ index: 0, type: 'custom', custom: { input: 'x' } }] }],
    ['a call in the old way', { function_call: { arguments: 'x' } }],
    ['sound', { audio: { id: 'a', data: 'UklGRg' } }],
    ['pictures', { images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] }],
    ['a picture among the content', { content: [{ type: 'image_url', image_url: { url: 'http://x/y' } }] }],
    ['arguments as an object', { tool_calls: [{ function: { arguments: { city: 'Bern' } } }] }],
  ])('takes %s for output', (_, fields) => {
    expect(delta(fields)).toMatchObject({ hasOutput: true, hasContent: false, isReasoning: false });
  });

  it.each([
    ['a role', { role: 'assistant' }],
    ['empty content', { role: 'assistant', content: '' }],
    ['null', { content: null, reasoning: null, tool_calls: null, audio: null }],
    ['an empty list', { content: [], reasoning_details: [], images: [], tool_calls: [] }],
    ['the identity of a call', { tool_calls: [{ index: 0, id: 'call_1', type: 'function' }] }],
    ['the identity of sound', { audio: { id: 'audio_1', expires_at: 1 } }],
    ['a signature', { reasoning_details: [], thought_signature: 'CiQ', reasoning_opaque: 'abc' }],
    ['citations', { annotations: [{ type: 'url_citation', url_citation: { url: 'http://x' } }] }],
    ['nothing', null],
  ])('takes %s for no output', (_, fields) => {
    expect(delta(fields as object)).toMatchObject({ kind: 'chunk', hasChoices: true, hasOutput: false });
    expect(delta(fields as object).unknownFields).toEqual([]);
  });

  it('names a field with text that nobody knows', () => {
    expect(delta({ role: 'assistant', musings: 'x' })).toMatchObject({
      hasOutput: false,
      unknownFields: ['musings'],
      unknownText: 'x',
    });
  });
});

describe('finish reasons', () => {
  it.each(['', ' ', 'null', 'None', null, false, 0, {}, []])('takes %j for none', (finish_reason) => {
    expect(read({ choices: [{ index: 0, delta: {}, finish_reason }] }).choices[0]?.finishReason).toBeNull();
  });

  it.each([
    ['stop', 'stop'],
    ['eos_token', 'eos_token'],
    [{ type: 'length', length: 7 }, 'length'],
  ])('reads %j', (finish_reason, expected) => {
    expect(read({ choices: [{ index: 2, delta: {}, finish_reason }] }).choices).toEqual([
      { index: 2, hasOutput: false, finishReason: expected },
    ]);
  });
});

describe('usage', () => {
  const COUNTS = { prompt_tokens: 50, completion_tokens: 12 };

  it.each([
    ['OpenAI', { choices: [], usage: COUNTS }],
    ['Kimi', { choices: [{ delta: {}, usage: COUNTS }] }],
    ['Groq', { choices: [], x_groq: { id: 'req', usage: COUNTS } }],
    ['a gateway of the Responses API', { response: { usage: { input_tokens: 50, output_tokens: 12 } } }],
    ['Anthropic', { usage: { input_tokens: 50, output_tokens: 12 } }],
    ['token_usage', { token_usage: COUNTS }],
    ['Ollama', { done: true, prompt_eval_count: 50, eval_count: 12 }],
    ['Gemini', { usageMetadata: { promptTokenCount: 50, candidatesTokenCount: 12 } }],
    ['Cohere', { meta: { tokens: { input_tokens: 50, output_tokens: 12 } } }],
    ['totals', { choices: [], usage: { prompt_tokens: 50, total_tokens: 62 } }],
    ['two names, one of them empty', { usage: { ...COUNTS, input_tokens: 0, output_tokens: 0 } }],
  ])('is read in the place and by the names of %s', (_, event) => {
    expect(read(event)).toMatchObject({
      kind: 'chunk',
      usage: { inputTokens: 50, outputTokens: 12, cachedTokens: null, isTimings: false },
    });
  });

  it("is made of llama.cpp's timings, the cached part of the prompt among its input", () => {
    const timings = { cache_n: 32, prompt_n: 1, predicted_n: 3, predicted_ms: 0.275 };
    expect(read({ choices: [{ delta: {} }], timings }).usage).toEqual({
      inputTokens: 33,
      outputTokens: 3,
      cachedTokens: 32,
      isTimings: true,
    });
  });

  it.each([
    ['OpenAI', { prompt_tokens_details: { cached_tokens: 8 } }],
    ['the Responses API', { input_tokens_details: { cached_tokens: 8 } }],
    ['Kimi', { cached_tokens: 8 }],
    ['DeepSeek', { prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 42 }],
    ['Anthropic', { cache_read_input_tokens: 8 }],
    ['two names, one of them empty', { prompt_tokens_details: { cached_tokens: 0 }, prompt_cache_hit_tokens: 8 }],
  ])('tells cached tokens by the names of %s', (_, details) => {
    expect(read({ usage: { ...COUNTS, ...details } }).usage?.cachedTokens).toBe(8);
    // The same names with nothing in the cache: that is a count, too.
    const none = JSON.parse(JSON.stringify(details).replaceAll('8', '0')) as object;
    expect(read({ usage: { ...COUNTS, ...none } }).usage?.cachedTokens).toBe(0);
  });

  it.each([['7'], [-1], [1.5], [1e300], [2 ** 31], [null], [true], [{}], [[12]]])('takes %j for no count', (count) => {
    expect(read({ choices: [], usage: { prompt_tokens: 5, completion_tokens: count } }).usage).toEqual({
      inputTokens: 5,
      outputTokens: null,
      cachedTokens: null,
      isTimings: false,
    });
  });
});

describe('events that are not a chunk', () => {
  it.each([
    ['{"type":"ping"}', ''],
    ['{}', ''],
    ['null', ''],
    ['[]', ''],
    ['0', ''],
    ['true', ''],
    ['""', ''],
    ['"ping"', ''],
    ['{"choices":[]}', ''],
    ['{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}', ''],
    ['{"status":"processing","message":"waiting in a queue"}', ''],
    ['{"code":200,"msg":"ok"}', ''],
    ['{"code":0,"message":"success"}', ''],
    ['ping', ''],
    ['keep-alive', ''],
    ['done', 'done'],
    ['[END]', ''],
    ['[EOS]', 'message'],
    ['2026-11-26T12:00:00Z', 'ping'],
    ['{"error":null}', ''],
    ['', 'ping'],
    ['', 'message'],
  ])('%s (event: %s) is nothing', (data, name) => {
    expect(readOpenaiEvent(data, name)).toMatchObject({ kind: 'other', hasChoices: false, usage: null });
  });

  it('is read as without a name where the name is of no weight', () => {
    const chunk = JSON.stringify({ choices: [{ index: 0, delta: { content: 'x' } }] });
    for (const name of ['message', 'chunk', 'completion', 'delta', 'default']) {
      expect(readOpenaiEvent(chunk, name)).toEqual(readOpenaiEvent(chunk, ''));
    }
  });

  it.each(['{"choices":[{', 'Internal Server Error', '"text"', '[1,2]', '<html>'])('%s cannot be read', (data) => {
    expect(readOpenaiEvent(data, '').kind).toBe('malformed');
  });

  it('drops a byte order mark', () => {
    expect(readOpenaiEvent('\ufeff{"choices":[{"delta":{"content":"x"}}]}', '')).toMatchObject({ text: 'x' });
  });
});

describe('errors', () => {
  it.each([
    ['OpenAI', '{"error":{"message":"boom","type":"server_error","code":null}}'],
    ['a text', '{"error":"boom"}'],
    ['SGLang and older vLLM', '{"object":"error","message":"boom","code":400}'],
    ['Anthropic', '{"type":"error","error":{"type":"overloaded_error","message":"boom"}}'],
    ['with empty choices', '{"choices":null,"error_type":"invalid","error_message":"boom"}'],
    ['FastAPI', '{"detail":"boom"}'],
    ["FastAPI's validation", '{"detail":[{"loc":["body"],"msg":"boom"}]}'],
    ['message and code', '{"message":"boom","code":"overloaded"}'],
    ['Zhipu', '{"code":1301,"msg":"boom"}'],
    ['a list of errors', '{"errors":[{"message":"boom"}]}'],
    ['a status', '{"status":"error","reason":"boom"}'],
    ['Apigee', '{"fault":{"faultstring":"boom"}}'],
    ['Bedrock', '{"internalServerException":{"message":"boom"}}'],
    ['Gemini', '{"error":{"code":503,"message":"boom","status":"UNAVAILABLE"}}'],
    ['Gemini in a list', '[{"error":{"code":503,"message":"boom"}}]'],
    ['Baidu', '{"error_code":336003,"error_msg":"boom"}'],
    ['MiniMax', '{"choices":null,"base_resp":{"status_code":1004,"status_msg":"boom"}}'],
    ['Tencent', '{"Response":{"Error":{"Code":"FailedOperation","Message":"boom"},"RequestId":"x"}}'],
    ['the Responses API', '{"type":"response.failed","response":{"error":{"message":"boom"}}}'],
    ['OpenRouter', '{"choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":{"message":"boom"}}'],
    ['a choice', '{"choices":[{"delta":{},"error":{"message":"boom"}}]}'],
    ['success', '{"success":false,"message":"boom"}'],
    ['RFC 9457', '{"type":"about:blank","title":"boom","status":500}'],
    ['a message alone', '{"message":"boom"}'],
    ['TGI', '{"error":"boom","error_type":"overloaded"}'],
  ])('in the shape of %s, with the words of the server', (_, data) => {
    expect(readOpenaiEvent(data, '')).toMatchObject({ kind: 'error', hasOutput: false });
    expect(readOpenaiEvent(data, '').problem).toContain('boom');
  });

  it.each([
    ['an object without an error', '{"reason":"boom","id":7}'],
    ['no JSON', 'boom'],
    ['a chunk', '{"choices":[{"delta":{"content":"boom"}}]}'],
  ])('by the name of the event: %s', (_, data) => {
    expect(readOpenaiEvent(data, 'error')).toMatchObject({ kind: 'error', problem: data, hasOutput: false });
  });

  it('without words tells the name of the event', () => {
    expect(readOpenaiEvent('', 'error').problem).toBe('an event called error');
  });

  it.each([null, '', false, 0, {}, [], { message: '', code: null }, { code: 0, message: 'success' }, 'none'])(
    'beside a good chunk, %j is none',
    (error) => {
      const event = { choices: [{ index: 0, delta: { content: 'x' } }], error };
      expect(read(event)).toMatchObject({ kind: 'chunk', text: 'x' });
    },
  );
});

describe('any event', () => {
  /** Values of all kinds, and those that are worth a try in this place. */
  const anyValue = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('', ' ', 'stop', 'error', 1e300, -1, [[[]]], [{}], { text: 'x' }, { toString: 1 }),
  );
  const field = fc.constantFrom(
    ...['choices', 'usage', 'error', 'errors', 'message', 'detail', 'code', 'status', 'object', 'timings', 'x_groq'],
  );
  const choiceField = fc.constantFrom('index', 'delta', 'message', 'text', 'finish_reason', 'error', 'usage');
  const deltaField = fc.constantFrom(
    ...['content', 'reasoning', 'reasoning_details', 'tool_calls', 'function_call', 'audio', 'images', 'refusal', 'x'],
  );
  const anyChunk = fc
    .tuple(
      fc.dictionary(field, anyValue, { maxKeys: 2 }),
      fc.dictionary(choiceField, anyValue, { maxKeys: 3 }),
      fc.dictionary(deltaField, anyValue, { maxKeys: 3 }),
    )
    .map(([event, choice, fields]) => ({ choices: [{ index: 0, delta: fields, ...choice }], ...event }));

  it('is read without an exception, and is output only where it is not empty', () => {
    fc.assert(
      fc.property(fc.oneof(anyChunk, anyValue), fc.constantFrom('', 'error', 'ping', 'x'), (event, name) => {
        const { kind, hasOutput, choices, text, hasContent, isReasoning } = read(event, name);
        if (kind !== 'chunk') expect({ hasOutput, choices, text }).toEqual({ hasOutput: false, choices: [], text: '' });
        expect(choices.some((part) => part.hasOutput)).toBe(hasOutput);
        if (hasContent || isReasoning) expect(hasOutput && text !== '').toBe(true);
        for (const { finishReason } of choices) expect(finishReason).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  it('that nests deeply is read without an exception', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    for (const text of [deep, `{"choices":[{"delta":{"content":${deep}}}]}`, `{"error":${deep}}`, `{"data":${deep}}`]) {
      expect(readOpenaiEvent(text, '').kind).toBeTypeOf('string');
    }
  });
});
