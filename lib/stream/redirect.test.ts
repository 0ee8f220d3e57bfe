import { describe, expect, it } from 'vitest';
import { hasSameOrigin, redirectTarget } from './redirect.ts';

const URL_ASKED = 'http://llm:8000/v1/chat/completions?version=1';
const target = (status: number, location?: string): string | null =>
  redirectTarget(URL_ASKED, { status, headers: location === undefined ? {} : { Location: location } });

describe('redirectTarget', () => {
  // Expected: new URL(location, base).href.
  it.each([
    ['https://other.example/v1', 'https://other.example/v1'],
    ['//other.example/v1', 'http://other.example/v1'],
    ['/v2/chat/completions', 'http://llm:8000/v2/chat/completions'],
    ['completions/', 'http://llm:8000/v1/chat/completions/'],
    ['/v2#part', 'http://llm:8000/v2'],
    ['?redirected=1', 'http://llm:8000/v1/chat/completions?redirected=1'],
  ])('resolves %s', (location, expected) => {
    expect(target(307, location)).toBe(expected);
    expect(expected).toBe(new URL(location.replace('#part', ''), URL_ASKED).href);
  });

  it.each([200, 201, 300, 304, 305, 404])('is none for %i', (status) => {
    expect(target(status, 'https://other.example/')).toBeNull();
  });

  it('is none without a place, which Go calls an error of its own', () => {
    expect(target(302)).toBeNull();
    expect(target(302, ' ')).toBeNull();
  });

  it('reads the header whatever its case', () => {
    expect(redirectTarget(URL_ASKED, { status: 308, headers: { location: '/x' } })).toBe('http://llm:8000/x');
  });
});

describe('hasSameOrigin', () => {
  it.each([
    ['http://llm:80/a', 'http://LLM/b', true],
    ['https://llm/a', 'https://llm:443/b?c', true],
    ['http://llm/a', 'https://llm/a', false],
    ['http://llm:8000/a', 'http://llm:8001/a', false],
    ['http://llm/a', 'http://llm.example/a', false],
    ['http://llm/a', 'http://llm@other/a', false],
    ['http://llm/a', 'http://other\\@llm/a', false],
    ['http://[::1]:80/a', 'http://[::1]/b', true],
    ['http://llm/a', 'ftp://llm/a', false],
    ['http://h:8/b', 'HTTP://H:8/b', true],
    ['http://h/b', 'http://h:443/b', false],
    ['http://h/b', 'http://[', false],
    ['not a url', 'not a url', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(hasSameOrigin(a, b)).toBe(expected);
  });
});
