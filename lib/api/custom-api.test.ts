import { describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import type { RunConfig } from '../config/parameters.ts';
import { adaptApi, type CustomApi } from './custom-api.ts';

const CONFIG = loadConfig({ MODEL: 'm', API_KEY: 'k' }, () => '').config as RunConfig;
const HELLO = { messages: [{ role: 'user', content: 'hello' }] };

/** As an API of a file that is not checked by TypeScript. */
const adapt = (parts: object) =>
  adaptApi({ name: 'mine', body: () => ({}), readEvent: () => null, ...parts } as CustomApi);
const fail = () => {
  throw new TypeError('no such thing');
};

describe('requests of an API of your own', () => {
  const flawOf = (parts: object): string | null | undefined => {
    const api = adapt(parts);
    api.headers(CONFIG);
    api.input(HELLO, 'm');
    return api.flaw?.();
  };

  it.each([
    [{ body: fail }, 'body throws "TypeError: no such thing"'],
    [{ headers: fail }, 'headers throws "TypeError: no such thing"'],
    [{ body: () => undefined }, 'body returns undefined, and no object'],
    [{ body: async () => ({}) }, 'body returns a promise, and no object'],
    [{ headers: () => null }, 'headers returns null, and no object'],
    [{ body: () => ({ n: 1n }) }, /^malformed request: body throws ".*BigInt/],
    [{ headers: () => ({ 'x-a': 'secret\n' }) }, 'headers returns a "x-a" that HTTP does not allow'],
    [{ headers: () => ({ 'x a': '1' }) }, 'headers returns a "x a" that HTTP does not allow'],
    [{ headers: () => ({ 'x-a': {} }) }, 'headers returns a "x-a" that HTTP does not allow'],
  ])('%j are not sent', (parts, flaw) => {
    expect(flawOf(parts)).toEqual(
      typeof flaw === 'string' ? `malformed request: ${flaw}` : expect.stringMatching(flaw),
    );
  });

  it('have headers as texts, without those that are null', () => {
    const headers = adapt({ headers: () => ({ 'x-n': 5, 'x-none': null }) }).headers(CONFIG);
    expect(headers).toEqual({ 'Content-Type': 'application/json', 'Accept-Encoding': 'identity', 'x-n': '5' });
    expect(flawOf({})).toBeNull();
  });

  it('are sent without what JSON leaves out, and without fields where there are none', async () => {
    const bodies: object[] = [{ ask: 'a' }, {}, { ask: undefined }, { ask: null }, { ask: 'b' }, { ask: () => 'c' }];
    const left = [...bodies];
    vi.doMock('./more-apis.ts', () => ({ listMoreApis: () => [adapt({ body: () => left.shift() })] }));
    vi.resetModules();
    const { createRequestBuilder } = await import('./build-request.ts');
    const build = createRequestBuilder(CONFIG);
    expect(bodies.map(() => build(HELLO).body)).toEqual(['{"ask":"a"}', '{}', '{}', '{}', '{"ask":"b"}', '{}']);
    vi.doUnmock('./more-apis.ts');
    // The tests of other files in this worker have the usual APIs again.
    vi.resetModules();
  });
});

describe('answers of an API of your own', () => {
  const read = (said: unknown) => adapt({ readEvent: () => said }).readEvent('{"a":1}', '');

  it.each([
    ['words', '"words", and no object: {"a":1}'],
    [Promise.resolve(null), 'a promise, and no object: {"a":1}'],
    [{ text: 5 }, '"text" is 5, and no string: {"a":1}'],
    [{ outputTokens: '7' }, '"outputTokens" is "7", and no count of tokens: {"a":1}'],
    [{ outputTokens: 1.5 }, '"outputTokens" is 1.5, and no count of tokens: {"a":1}'],
    [{ inputTokens: Number.NaN }, '"inputTokens" is null, and no count of tokens: {"a":1}'],
    [{ finishReason: true }, '"finishReason" is true, and no string: {"a":1}'],
  ])('%j cannot be read', (said, problem) => {
    expect(read(said)).toMatchObject({ kind: 'malformed', problem });
  });

  it('may leave out everything, or say it with null', () => {
    expect(read(null).kind).toBe('other');
    const nothing = { text: null, error: null, outputTokens: null, finishReason: null, hasMedia: null };
    expect(read(nothing)).toMatchObject({ kind: 'chunk', hasOutput: false, usage: null });
    expect(read({ text: 'a', outputTokens: 7, other: [1] })).toMatchObject({
      hasOutput: true,
      text: 'a',
      usage: { inputTokens: null, outputTokens: 7 },
    });
    expect(read({ error: 'overloaded' })).toMatchObject({ kind: 'error', problem: 'overloaded' });
  });

  it('end with the event whose end cannot be told, which is not an answer', () => {
    const api = adapt({ isEnd: fail, readEvent: () => ({ text: 'a' }) });
    expect(api.endOf('{}', '')).toBe('last');
    expect(api.readEvent('{}', '')).toMatchObject({
      kind: 'malformed',
      problem: 'isEnd: TypeError: no such thing: {}',
    });
    expect(api.readEvent('{}', '').kind).toBe('chunk');
  });

  it('keep `this` of the file', () => {
    const own = {
      word: 'b',
      readWhole(this: { readonly word: string }) {
        return { text: this.word };
      },
    };
    expect(adapt(own).readWhole('{}')).toMatchObject({ text: 'b', isWhole: true });
  });
});
