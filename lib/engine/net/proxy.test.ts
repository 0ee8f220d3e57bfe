import { describe, expect, it } from 'vitest';
import { readProxies } from './proxy.ts';

const proxyOf = (url: string, env: Record<string, string>): string | null =>
  readProxies(env)(new URL(url))?.href ?? null;
const BOTH = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://secure:3128' };

// The cases of golang.org/x/net/http/httpproxy's tests that concern what can be told from outside.
describe('readProxies', () => {
  it('has no proxy where its password cannot be decoded, as Go, and does not die of it', () => {
    expect(proxyOf('http://llm/v1', { HTTP_PROXY: 'http://user:pw%zz@plain:3128' })).toBeNull();
  });

  it('takes the proxy of the scheme, upper case before lower case, a bare host too', () => {
    expect(proxyOf('http://llm/v1', BOTH)).toBe('http://plain:3128/');
    expect(proxyOf('https://llm/v1', BOTH)).toBe('http://secure:3128/');
    expect(proxyOf('http://llm/v1', { http_proxy: 'lower:1' })).toBe('http://lower:1/');
    expect(proxyOf('http://llm/v1', { HTTP_PROXY: 'upper:1', http_proxy: 'lower:1' })).toBe('http://upper:1/');
    expect(proxyOf('https://llm/v1', { HTTP_PROXY: 'http://plain:3128' })).toBeNull();
  });

  it.each(['http://localhost:8000/', 'http://127.0.0.1:8000/', 'http://127.9.9.9/', 'http://[::1]:8000/'])(
    'never for %s',
    (url) => {
      expect(proxyOf(url, BOTH)).toBeNull();
    },
  );

  it.each([
    ['*', 'http://llm/', true],
    ['llm', 'http://llm/', true],
    ['LLM', 'http://llm/', true],
    ['example.com', 'http://a.example.com/', true],
    ['example.com', 'http://notexample.com/', false],
    ['.example.com', 'http://a.example.com/', true],
    ['.example.com', 'http://example.com/', false],
    ['*.example.com', 'http://example.com/', false],
    ['*.example.com', 'http://a.example.com/', true],
    ['llm:8000', 'http://llm:8000/', true],
    ['llm:8000', 'http://llm:9000/', false],
    ['llm:80', 'http://llm/', true],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.1.2.3', 'http://10.1.2.3:8000/', true],
    ['fd00::/8', 'http://[fd12::1]/', true],
    ['[fd12::1]:80', 'http://[fd12::1]/', true],
    ['a, llm ,b', 'http://llm/', true],
    ['', 'http://llm/', false],
  ])('NO_PROXY %j for %s: %s', (NO_PROXY, url, bypassed) => {
    expect(proxyOf(url, { ...BOTH, NO_PROXY }) === null).toBe(bypassed);
    expect(proxyOf(url, { ...BOTH, no_proxy: NO_PROXY }) === null).toBe(bypassed);
  });
});
