import { describe, expect, it } from 'vitest';
import { formatHttpUrl, httpUrl, parseHttpUrl, splitUrls } from './http-url.ts';

describe('parseHttpUrl', () => {
  it.each([
    'http://127.0.0.1:8000/v1/chat/completions',
    'https://api.example.com/v1',
    'http://localhost',
    'http://vllm_server:8000/v1',
    'http://[::1]:8000/v1',
    'http://[2001:db8::8:800:200c:417a]/v1',
    'http://[::ffff:10.0.0.1]:1/',
    'http://host.:65535/',
    'https://h/p%20q?api-version=2024-02-01&x=1',
  ])('accepts %s and writes it back', (url) => {
    const parsed = parseHttpUrl(url);
    expect(parsed.state).toBe('value');
    expect(parsed.state === 'value' && formatHttpUrl(parsed.value)).toBe(url);
  });

  it.each([
    // The first one brings k6 down when it reaches k6/x/sse.
    'http://[::1',
    'http://[::1]x:80/',
    'http://[::1::2]/',
    'http://[1:2:3:4:5:6:7:8:9]/',
    'http://[fe80::1%25eth0]/',
    'http://[::999.0.0.1]/',
    'http://::1/',
    'http:///v1',
    'http://',
    'http:/host/v1',
    'ftp://host/v1',
    'host:8000/v1',
    'http://host:0/',
    'http://host:65536/',
    'http://host:port/',
    'http://host:/v1',
    'http://host/a b',
    'http://host/\tb',
    'http://host/%zz',
    'http://host/%4',
    'http://ho st/',
    'http://-host/',
    'http://a..b/',
    'http://999.0.0.1/',
    'http://1.2.3/',
    'http://host/#top',
    'http://host/{id}',
    'http://höst/',
    'http://us er@host/',
    'http://u[s]er@host/',
  ])('refuses %s', (url) => {
    expect(parseHttpUrl(url).state).toBe('refused');
  });

  it('takes the last @ as the end of the user information', () => {
    expect(parseHttpUrl('http://a:b%40c@host/x')).toMatchObject({ value: { userinfo: 'a:b%40c', host: 'host' } });
    expect(parseHttpUrl('http://a@b@host/x').state).toBe('refused');
  });
});

describe('a list of URLs', () => {
  it('is parted at commas before a scheme, or a host with its port; a comma may be part of a URL', () => {
    expect(splitUrls('http://a/v1, https://b/v1,c:8000/v1')).toEqual(['http://a/v1', 'https://b/v1', 'c:8000/v1']);
    expect(splitUrls('http://a/x,y?z=1,2')).toEqual(['http://a/x,y?z=1,2']);
  });

  it.each([
    ['http://a/v1,', 'a comma too many'],
    ['http://a/v1,,http://b/v1', 'a comma too many'],
    [',http://a/v1', 'a comma too many'],
    ['http://a:1/v1,b:2/v1', 'it does not begin with http:// or https://'],
  ])('%s is refused', (list, why) => {
    expect(httpUrl.parse(list, () => '')).toEqual({ state: 'refused', why });
  });
});
