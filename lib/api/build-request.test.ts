import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { findApi } from './apis.ts';
import { buildRequest, createRequestBuilder } from './build-request.ts';

const PROMPT: Prompt = { messages: [{ role: 'user', content: 'Hi' }] };

const bodyOf = (settings: Record<string, string>, prompt: Prompt = PROMPT): Record<string, unknown> =>
  JSON.parse(buildRequest(prompt, configOf(settings)).body) as Record<string, unknown>;

describe('buildRequest', () => {
  it('sends what evalscope sends, in its order', () => {
    expect(buildRequest(PROMPT, configOf({ TEMPERATURE: '0.5', TOP_K: '4', STOP: '["a"]', N_CHOICES: '2' })).body).toBe(
      '{"messages":[{"role":"user","content":"Hi"}],"model":"m","max_tokens":2048,"n":2,"seed":42,"stop":["a"],"stream":true,"stream_options":{"include_usage":true},"temperature":0.5,"top_k":4}',
    );
  });

  it('asks for usage only in a stream', () => {
    expect(bodyOf({ STREAM: 'false' })).toEqual({ messages: PROMPT.messages, model: 'm', max_tokens: 2048, seed: 42 });
  });

  it('lets a flag win over the template, the template over a default, the prompt over both, extra arguments over all', () => {
    const template = '{"model":"t","max_tokens":7,"seed":1,"top_p":0.5,"custom":true,"messages":[]}';
    expect(bodyOf({ QUERY_TEMPLATE: template, SEED: '9' })).toMatchObject({
      model: 'm',
      max_tokens: 7,
      seed: 9,
      top_p: 0.5,
      custom: true,
      messages: PROMPT.messages,
    });
    expect(bodyOf({ QUERY_TEMPLATE: template, MAX_TOKENS: '3' }, { ...PROMPT, max_tokens: 5 })['max_tokens']).toBe(5);
    expect(bodyOf({ EXTRA_ARGS: '{"max_tokens":1,"ignore_eos":true}', MAX_TOKENS: '3' })).toMatchObject({
      max_tokens: 1,
      ignore_eos: true,
    });
  });

  it('makes each body anew, whatever is in the prompts, the template and the extra arguments', () => {
    const prompts = ['Hi', 'Hi', '"seed":42', 'naïve \u2028 "', '$& $1', 'Hi'].map((content) => [
      { role: 'user', content },
    ]);
    const template = JSON.stringify({ note: prompts[0], messages: [] });
    for (const settings of [{}, { QUERY_TEMPLATE: template }, { EXTRA_ARGS: '{"messages":[]}' }]) {
      const config = configOf(settings);
      const build = createRequestBuilder(config);
      for (const messages of [...prompts, ...prompts]) {
        for (const more of [{}, { max_tokens: 7 }]) {
          const prompt = { messages, ...more };
          const { body, choices, mostOutputTokens } = buildRequest(prompt, config);
          expect(build(prompt)).toMatchObject({ body, choices, mostOutputTokens });
        }
      }
    }
  });

  it('takes `stream` of the template unless the flag was given', () => {
    const QUERY_TEMPLATE = '{"stream":false}';
    expect(buildRequest(PROMPT, configOf({ QUERY_TEMPLATE })).stream).toBe(false);
    expect(buildRequest(PROMPT, configOf({ QUERY_TEMPLATE, STREAM: 'true' })).stream).toBe(true);
  });

  it('speaks completions where the URL or the api says so', () => {
    expect(findApi({ api: 'openai', url: 'http://h/v1/completions' }).name).toBe('openai-completions');
    expect(findApi({ api: 'openai', url: 'http://h/v1/chat/completions?x=1' }).name).toBe('openai-chat');
    expect(bodyOf({ URL: 'http://h:1/v1/completions' })).toMatchObject({ prompt: 'Hi', model: 'm' });
  });

  it('puts the key into the header and nowhere else', () => {
    const request = buildRequest(PROMPT, configOf({ API_KEY: 'sk-test-key' }));
    expect(request.headers['Authorization']).toBe('Bearer sk-test-key');
    expect(request.body + request.url).not.toContain('sk-test-key');
    expect(buildRequest(PROMPT, configOf()).headers['Authorization']).toBeUndefined();
  });

  it('asks for no compression, which would make chunks arrive together', () => {
    expect(buildRequest(PROMPT, configOf({ HEADERS: '{"X-A":"b"}' })).headers).toMatchObject({
      'Accept-Encoding': 'identity',
      'X-A': 'b',
    });
  });
});

describe('switches of the body', () => {
  it.each([
    ['--stream-options off', { STREAM_OPTIONS: 'off' }, { stream: true, stream_options: undefined }],
    [
      'a null in extra-args',
      { EXTRA_ARGS: '{"stream_options":null,"seed":null}' },
      { stream_options: undefined, seed: undefined },
    ],
    [
      'a null in the template',
      { QUERY_TEMPLATE: '{"stream_options":null}' },
      { stream: true, stream_options: undefined },
    ],
    [
      'options of the template',
      { QUERY_TEMPLATE: '{"stream_options":{"include_usage":true,"continuous_usage_stats":true}}' },
      { stream_options: { include_usage: true, continuous_usage_stats: true } },
    ],
    [
      '--max-tokens-field',
      { MAX_TOKENS_FIELD: 'max_completion_tokens', MAX_TOKENS: '9' },
      { max_completion_tokens: 9, max_tokens: undefined },
    ],
    // Services that know both refuse two of them.
    [
      'the newer field in extra-args',
      { EXTRA_ARGS: '{"max_completion_tokens":9}' },
      { max_completion_tokens: 9, max_tokens: undefined },
    ],
    [
      'the newer field in the template',
      { QUERY_TEMPLATE: '{"max_completion_tokens":9}' },
      { max_completion_tokens: 9, max_tokens: undefined },
    ],
    [
      '--stream-options on against a template',
      { STREAM_OPTIONS: 'on', QUERY_TEMPLATE: '{"stream_options":null}' },
      { stream_options: { include_usage: true } },
    ],
  ])('%s', (_, settings, expected) => {
    const body = bodyOf(settings as Record<string, string>);
    for (const [field, value] of Object.entries(expected)) expect([field, body[field]]).toEqual([field, value]);
  });

  it.each([
    ['{"stream":false}', {}, false, undefined],
    ['{"stream":true}', { STREAM: 'false' }, true, true],
    ['{"stream":null}', {}, false, undefined],
    ['{"stream":false}', { QUERY_TEMPLATE: '{"stream":true}', STREAM: 'true' }, false, undefined],
  ])(
    'takes %s in extra-args for what is asked, in the body and for the measuring',
    (EXTRA_ARGS, more, stream, options) => {
      const request = buildRequest(PROMPT, configOf({ ...more, EXTRA_ARGS }));
      const body = JSON.parse(request.body) as Record<string, unknown>;
      expect(request.stream).toBe(stream);
      expect(body['stream'] === true).toBe(stream);
      expect('stream_options' in body).toBe(options === true);
    },
  );
});
