import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import type { Prompt } from '../dataset/prompt.ts';
import { buildRequest } from './build-request.ts';
import { buildBareRequest, shortenAnswer } from './connection-requests.ts';

const PROMPT: Prompt = { messages: [{ role: 'user', content: 'Hi' }] };

describe('the requests of the connection test', () => {
  it('asks for a short answer without touching anything else', () => {
    const request = buildRequest(
      PROMPT,
      configOf({ STREAM: 'false', MIN_TOKENS: '50', EXTRA_ARGS: '{"max_completion_tokens":500}' }),
    );
    expect(JSON.parse(request.body)).toMatchObject({ min_tokens: 50, max_completion_tokens: 500 });
    const { min_tokens: _, ...rest } = JSON.parse(request.body) as Record<string, unknown>;
    const short = shortenAnswer(request);
    expect(JSON.parse(short.body)).toEqual({ ...rest, max_completion_tokens: 16 });
    expect({ ...short, body: request.body }).toEqual(request);
  });

  it('raises no limit that is lower already', () => {
    expect(JSON.parse(shortenAnswer(buildRequest(PROMPT, configOf({ MAX_TOKENS: '4' }))).body)).toMatchObject({
      max_tokens: 4,
    });
  });

  it('asks with nothing of the user for redirects', () => {
    const settings = { API_KEY: 'k', HEADERS: 'x-api-key=k', PROMPT: 'mine', EXTRA_ARGS: '{"user":"me"}' };
    expect(buildBareRequest(configOf({ ...settings, URL: 'http://h/v1/completions' }))).toEqual({
      url: 'http://h/v1/completions',
      headers: { 'Content-Type': 'application/json' },
      body: '{"model":"m","prompt":"hello","max_tokens":1}',
    });
    expect(JSON.parse(buildBareRequest(configOf(settings)).body)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hello' }],
      max_tokens: 1,
    });
  });
});
