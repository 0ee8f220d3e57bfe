import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ProxyConnectError } from './connector.ts';
import { decodeBody, MOST_BODY } from './decode.ts';
import { inRequest, toGoError } from './go-errors.ts';
import { readHeaders, requestHeaders } from './headers.ts';
import { nextTarget } from './redirect.ts';

const failure = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code} happened`), { code, ...more });
const ends = { local: '127.0.0.1:5', remote: '127.0.0.1:80' };

describe('toGoError', () => {
  // Codes of k6's lib/netext/httpext/error_codes.go, texts of Go's net package.
  it.each([
    [failure('ECONNREFUSED', { address: '::1', port: 8 }), 1212, 'dial tcp [::1]:8: connect: connection refused'],
    [failure('ENOTFOUND', { hostname: 'h' }), 1101, 'lookup h: no such host'],
    [
      failure('ECONNRESET', { syscall: 'read' }),
      1220,
      'read tcp 127.0.0.1:5->127.0.0.1:80: read: connection reset by peer',
    ],
    [failure('EPIPE'), 1201, 'write tcp 127.0.0.1:5->127.0.0.1:80: write: broken pipe'],
    [failure('ECONNRESET'), 1000, 'unexpected EOF'],
    [failure('EMFILE', { address: '127.0.0.1', port: 8 }), 1210, 'dial tcp 127.0.0.1:8: socket: too many open files'],
    [
      new ProxyConnectError(failure('ECONNREFUSED', { address: '127.0.0.1', port: 8 })),
      1000,
      'proxyconnect tcp: dial tcp 127.0.0.1:8: connect: connection refused',
    ],
    [
      failure('SELF_SIGNED_CERT_IN_CHAIN'),
      1310,
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [failure('EOTHER'), 1000, 'EOTHER happened'],
  ])('%s', (error, code, long) => {
    expect(toGoError(error, 'body', ends)).toMatchObject({ code, long });
  });

  it('takes the last attempt of a connection that was tried on several addresses', () => {
    const last = failure('ECONNREFUSED', { address: '127.0.0.1', port: 1 });
    expect(toGoError(new AggregateError([failure('ENETUNREACH'), last]), 'headers', null).long).toBe(
      'dial tcp 127.0.0.1:1: connect: connection refused',
    );
  });

  it('frames a text as Go does', () => {
    expect(inRequest('POST', 'http://h/x', 'EOF')).toBe('Post "http://h/x": EOF');
  });
});

describe('headers', () => {
  it('come back canonical and joined, without those of the connection', () => {
    const raw = [
      'x-request-ID',
      'a',
      'set-cookie',
      '1',
      'Set-Cookie',
      '2',
      'transfer-encoding',
      'chunked',
      'connection',
      'close',
    ];
    expect(readHeaders(raw)).toEqual({ 'X-Request-Id': 'a', 'Set-Cookie': '1, 2' });
  });

  it('go out by lower-case name, later maps first, as UTF-8, and without those the client sets', () => {
    expect(
      requestHeaders({ Accept: 'a', 'user-agent': 'u' }, { ACCEPT: 'b', 'X-N': 5, 'Content-Length': 3, 'X-U': 'é' }),
    ).toEqual({
      accept: 'b',
      'user-agent': 'u',
      'x-n': '5',
      'x-u': 'Ã©',
    });
  });

  it('are refused with the texts of Go', () => {
    expect(() => requestHeaders({ 'x-a': 'a\nb' })).toThrow('net/http: invalid header field value for "X-A"');
    expect(() => requestHeaders({ 'a b': 'x' })).toThrow('net/http: invalid header field name "a b"');
  });
});

describe('nextTarget', () => {
  const target = {
    url: 'http://a/x',
    method: 'POST',
    headers: { authorization: 'secret', 'content-type': 't', accept: 'y' },
    body: 'b',
  };

  it('repeats on 307 and becomes GET on 302', () => {
    expect(nextTarget(target, 307, '/y')).toEqual({ ...target, url: 'http://a/y' });
    expect(nextTarget(target, 302, '/y')).toEqual({
      url: 'http://a/y',
      method: 'GET',
      headers: { authorization: 'secret', accept: 'y' },
      body: null,
    });
    expect(nextTarget({ ...target, method: 'HEAD' }, 303, '/y')?.method).toBe('HEAD');
  });

  it.each(['http://b/y', 'http://a:81/y', 'https://a/y', '//b/y'])('does not leave the origin: %s', (location) => {
    expect(nextTarget(target, 307, location)).toBeNull();
  });

  it('fails on a location that is not a URL, as Go does', () => {
    expect(() => nextTarget(target, 307, 'http://[')).toThrow('failed to parse Location header');
  });

  it('is null without a redirect', () => {
    expect(nextTarget(target, 200, '/y')).toBeNull();
    expect(nextTarget(target, 302, undefined)).toBeNull();
  });
});

describe('decodeBody', () => {
  it('leaves what it does not know and fails on wrong bytes', () => {
    expect(decodeBody(Buffer.from('a'), 'unknown').toString()).toBe('a');
    expect(() => decodeBody(Buffer.from('nonsense'), 'gzip')).toThrow();
  });

  it('ends at 128 MB, whatever a few bytes unpack to', () => {
    const bomb = gzipSync(Buffer.alloc(MOST_BODY + 1));
    expect(bomb.length).toBeLessThan(200_000);
    expect(() => decodeBody(bomb, 'gzip')).toThrow('larger than 134217728 bytes');
  });
});
