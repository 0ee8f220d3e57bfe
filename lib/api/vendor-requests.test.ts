import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { buildRequest, createRequestBuilder } from './build-request.ts';
import { buildBareRequest, shortenAnswer } from './connection-requests.ts';

const PROMPT: Prompt = {
  messages: [
    { role: 'system', content: 'Be short.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    { role: 'assistant', content: 'A cat.' },
    { role: 'user', content: 'Sure?' },
  ],
};
const HELLO: Prompt = { messages: [{ role: 'user', content: 'Hi' }] };

const requestOf = (settings: Record<string, string>, prompt = HELLO) => buildRequest(prompt, configOf(settings));
const bodyOf = (settings: Record<string, string>, prompt = HELLO) => JSON.parse(requestOf(settings, prompt).body);

describe('Ollama', () => {
  it('has its settings in options, its pictures beside the text, and says no to a stream', () => {
    const settings = { API: 'ollama', URL: 'http://h:11434', MAX_TOKENS: '8', TOP_K: '4', STREAM: 'off' };
    expect(requestOf(settings).url).toBe('http://h:11434/api/chat');
    expect(bodyOf(settings, PROMPT)).toEqual({
      model: 'm',
      stream: false,
      options: { num_predict: 8, seed: 42, top_k: 4 },
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'What is it?', images: ['AAAA'] },
        { role: 'assistant', content: 'A cat.' },
        { role: 'user', content: 'Sure?' },
      ],
    });
  });

  it('merges the options of extra arguments and of a template, the former last', () => {
    const settings = {
      URL: 'http://h/api/chat',
      QUERY_TEMPLATE: '{"options":{"num_ctx":4096,"seed":1},"keep_alive":"5m"}',
      EXTRA_ARGS: '{"options":{"num_predict":3,"seed":null}}',
    };
    expect(bodyOf(settings)).toMatchObject({ keep_alive: '5m', options: { num_ctx: 4096, num_predict: 3 } });
    expect(bodyOf(settings).options).not.toHaveProperty('seed');
    expect(requestOf(settings).mostOutputTokens).toBe(3);
    expect(JSON.parse(shortenAnswer(requestOf({ URL: 'http://h/api/chat' })).body).options.num_predict).toBe(16);
  });
});

describe('TGI', () => {
  it.each([
    ['http://h/generate', 'true', 'http://h/generate_stream'],
    ['http://h/generate_stream', 'false', 'http://h/generate'],
  ])('sends to the method that streams or does not: %s, stream %s', (URL, STREAM, url) => {
    expect(requestOf({ URL, STREAM }).url).toBe(url);
    expect(bodyOf({ URL, STREAM, MAX_TOKENS: '5' })).toEqual({
      inputs: 'Hi',
      parameters: { details: true, max_new_tokens: 5, seed: 42 },
    });
  });
});

describe('Gemini', () => {
  it('has the model in the URL, a key of its own, roles and parts', () => {
    const settings = {
      API: 'gemini',
      URL: 'https://generativelanguage.googleapis.com',
      MODEL: 'models/g-2',
      API_KEY: 'k',
    };
    const request = requestOf({ ...settings, MAX_TOKENS: '5' }, PROMPT);
    expect(request.url).toBe(
      'https://generativelanguage.googleapis.com/v1beta/models/g-2:streamGenerateContent?alt=sse',
    );
    expect(request.headers).toMatchObject({ 'x-goog-api-key': 'k' });
    expect(JSON.parse(request.body)).toEqual({
      systemInstruction: { parts: [{ text: 'Be short.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ text: 'A cat.' }] },
        { role: 'user', parts: [{ text: 'Sure?' }] },
      ],
      generationConfig: { maxOutputTokens: 5, seed: 42 },
    });
    expect(buildBareRequest(configOf(settings)).url).toMatch(/:generateContent\?alt=json$/);
  });

  it('keeps the rest of the query', () => {
    const URL = 'http://h/v1/models/x:generateContent?alt=json&key=1';
    expect(requestOf({ URL }).url).toBe('http://h/v1/models/m:streamGenerateContent?alt=sse&key=1');
    expect(requestOf({ URL, STREAM: 'off' }).url).toBe('http://h/v1/models/m:generateContent?alt=json&key=1');
  });
});

describe('embeddings and rerank', () => {
  const texts = (...list: string[]): Prompt => ({ messages: list.map((content) => ({ role: 'user', content })) });

  it.each([
    ['http://h/v1/embeddings', 'openai', { model: 'm', input: ['a', 'b', 'c'] }, 3],
    ['http://h/embed', 'openai', { inputs: ['a', 'b', 'c'] }, 3],
    ['http://h/v1/rerank', 'openai', { model: 'm', query: 'a', documents: ['b', 'c'] }, 2],
    ['http://h/v2/reranks', 'openai', { model: 'm', query: 'a', documents: ['b', 'c'] }, 2],
    ['http://h/rerank', 'tei-rerank', { query: 'a', texts: ['b', 'c'] }, 2],
    ['http://h', 'openai_embedding', { model: 'm', input: ['a', 'b', 'c'] }, 3],
  ])('sends to %s with api %s what it takes, without a setting of generation', (URL, API, body, inputs) => {
    const request = requestOf({ URL, API }, texts('a', 'b', 'c'));
    expect(JSON.parse(request.body)).toEqual(body);
    expect([request.stream, request.inputs]).toEqual([false, inputs]);
  });

  it('reads lists of vectors and of scores; Jina tells the total alone, TEI nothing', () => {
    const { api } = requestOf({ URL: 'http://h/v1/embeddings' });
    const vector = Array.from({ length: 8 }, (_, i) => i / 7);
    const read = (value: unknown) => api.readWhole(JSON.stringify(value));
    const data = [{ object: 'embedding', index: 0, embedding: vector }];
    expect(read({ data, usage: { prompt_tokens: 7, total_tokens: 7 } })).toMatchObject({
      kind: 'chunk',
      hasOutput: true,
      usage: { inputTokens: 7, outputTokens: null },
    });
    expect(read({ data, usage: { total_tokens: 9 } }).usage).toMatchObject({ inputTokens: 9, outputTokens: null });
    expect(read([vector, vector])).toMatchObject({ hasOutput: true, usage: null });
    expect(read({ data: [] })).toMatchObject({ kind: 'chunk', hasOutput: false });
    expect(read({ error: { message: 'no such model' } }).kind).toBe('error');
    expect(read([{ error: { message: 'busy' } }])).toMatchObject({ kind: 'error', problem: '{"message":"busy"}' });
    expect(api.readWhole('<html>').kind).toBe('malformed');
  });
});

describe('several URLs and models', () => {
  it('takes the URLs in turns, and the models in turns and by weight', () => {
    const build = createRequestBuilder(configOf({ URL: 'http://a/v1,http://b/v1', MODEL: 'x:3,y:1' }));
    const sent = Array.from({ length: 16 }, (_, index) => {
      const { url, model, body } = build(HELLO, index);
      expect(JSON.parse(body).model).toBe(model);
      return `${url.slice(7, 8)}${model}`;
    });
    const count = (target: string) => sent.filter((one) => one === target).length;
    expect(sent.slice(0, 8)).toEqual(['ax', 'bx', 'ax', 'bx', 'ay', 'by', 'ax', 'bx']);
    expect(['ax', 'bx', 'ay', 'by'].map(count)).toEqual([6, 6, 2, 2]);
  });

  it('refuses a weight beside a model without one, which would be a model of another name', () => {
    const { problems } = loadConfig({ URL: 'http://a/v1', MODEL: 'x:3,y' }, () => '');
    expect(problems).toMatchObject([{ key: 'MODEL (--model)', got: expect.stringContaining('without a weight') }]);
  });
});
