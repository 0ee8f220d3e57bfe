import { describe, expect, it } from 'vitest';
import { modelsUrl, readModelIds } from './served-models.ts';

describe('modelsUrl', () => {
  it.each([
    ['http://h:1/v1/chat/completions', 'http://h:1/v1/models'],
    ['http://h/v1/completions/', 'http://h/v1/models'],
    ['http://h/v1/responses', 'http://h/v1/models'],
    ['https://h/anthropic/v1/messages?beta=true', 'https://h/anthropic/v1/models?beta=true'],
    ['http://h/invocations', 'http://h/v1/models'],
  ])('lies beside %s', (endpoint, url) => {
    expect(modelsUrl(endpoint)).toBe(url);
  });
});

describe('readModelIds', () => {
  it.each([
    ['OpenAI', '{"object":"list","data":[{"id":"a","object":"model"},{"id":"b"}]}', ['a', 'b']],
    [
      'Anthropic',
      '{"data":[{"type":"model","id":"claude-x","display_name":"Claude X"}],"has_more":false,"first_id":"claude-x"}',
      ['claude-x'],
    ],
    ['Ollama', '{"models":[{"name":"qwen2.5:7b"}]}', ['qwen2.5:7b']],
  ])('reads the list of %s', (_, text, ids) => {
    expect(readModelIds(text)).toEqual(ids);
  });

  it('reads no other answer', () => {
    expect([readModelIds('{}'), readModelIds('<html>')]).toEqual([null, null]);
  });
});
