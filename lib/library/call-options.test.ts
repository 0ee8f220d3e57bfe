import { describe, expect, it } from 'vitest';
import type { ConfigError } from '../shared/errors.ts';
import { toOptions } from './call-options.ts';

function problemsOf(given: object): readonly (readonly string[])[] {
  try {
    toOptions(given);
  } catch (error) {
    return (error as ConfigError).problems.map(({ key, got, paste }) => [key, got, paste]);
  }
  return [];
}

describe('the options of one request', () => {
  it('are taken by the names of a request; what is undefined is not given', () => {
    expect(toOptions(undefined)).toEqual({ max_tokens: undefined, body: undefined, tags: {} });
    const given = { maxTokens: 5, body: { n: 2 }, tags: { step: 'a', round: 1 }, other: undefined };
    expect(toOptions(given as object)).toEqual({ max_tokens: 5, body: { n: 2 }, tags: { step: 'a', round: 1 } });
  });

  it('are refused all at once, each with a right line to paste, and no value is shown', () => {
    expect(problemsOf({ maxTokens: 1.5, body: [], tags: { a: {} }, apiKey: 'sk-secret' })).toEqual([
      ['maxTokens', 'a wrong value, of type number', 'maxTokens: 64'],
      ['body', 'a wrong value, a list', 'body: { top_k: 20 }'],
      ['tags', 'a wrong value, of type object', "tags: { step: 'search' }"],
      ['apiKey', 'a setting that one request does not have', 'body: { top_k: 20 }'],
    ]);
    expect(problemsOf({ body: null })).toEqual([['body', 'null', 'body: { top_k: 20 }']]);
  });
});
