import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../shared/failure-kinds.ts';
import { classifyErrorText } from './classify-error-text.ts';

// Texts of Go 1.2x (net, net/http, crypto/tls, crypto/x509), of k6's lib/netext and of xk6-sse, as they come from both engines.
const TEXTS: readonly (readonly [string, FailureKind])[] = [
  ['context deadline exceeded', 'timeout'],
  ['context deadline exceeded (Client.Timeout exceeded while awaiting headers)', 'timeout'],
  ['context deadline exceeded (Client.Timeout or context cancellation while reading body)', 'timeout'],
  [
    'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'timeout',
  ],
  ['net/http: TLS handshake timeout', 'timeout'],
  ['net/http: timeout awaiting response headers', 'timeout'],
  ['dial tcp 10.0.0.1:80: i/o timeout', 'timeout'],
  ['dial tcp: lookup llm on 10.0.0.1:53: read udp 10.0.0.2:4->10.0.0.1:53: i/o timeout', 'timeout'],
  ['dial tcp 10.0.0.1:80: connect: connection timed out', 'timeout'],
  ['read tcp 127.0.0.1:5->127.0.0.1:80: read: connection timed out', 'timeout'],
  ['proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout', 'timeout'],
  ['request timeout', 'timeout'],
  ['read timeout: no event for 612 ms', 'timeout'],
  ['context canceled', 'aborted'],
  ['net/http: request canceled', 'aborted'],
  ['interrupted', 'aborted'],
  ['unexpected EOF', 'cut'],
  ['net/http: HTTP/1.x transport connection broken: unexpected EOF', 'cut'],
  ['dial tcp 127.0.0.1:1: connect: connection refused', 'refused'],
  ['dial tcp [::1]:1: connect: connection refused', 'refused'],
  ['dial: connection refused', 'refused'],
  ['dial tcp 10.0.0.1:80: connect: no route to host', 'refused'],
  ['dial tcp 10.0.0.1:80: connect: network is unreachable', 'refused'],
  ['dial tcp 10.0.0.1:80: connect: connection reset by peer', 'refused'],
  ['dial tcp 10.0.0.1:80: connect: cannot assign requested address', 'refused'],
  ['dial tcp 127.0.0.1:80: socket: too many open files', 'refused'],
  ['lookup llm.example on 10.0.0.1:53: no such host', 'refused'],
  ['lookup llm.example: no such host', 'refused'],
  ['lookup llm.example on 10.0.0.1:53: server misbehaving', 'refused'],
  ['proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused', 'refused'],
  ['Proxy Authentication Required', 'refused'],
  ['Bad Gateway', 'refused'],
  ['unknown status code', 'refused'],
  ['Forbidden', 'refused'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'refused'],
  ['tls: failed to verify certificate: x509: certificate is valid for a-timeout.example, not b', 'refused'],
  ['x509: certificate has expired or is not yet valid: current time 2026-11-26 is after 2026-11-01', 'refused'],
  ['tls: first record does not look like a TLS handshake', 'refused'],
  ['remote error: tls: handshake failure', 'refused'],
  ['http: server gave HTTP response to HTTPS client', 'refused'],
  ['unsupported protocol scheme "ftp"', 'refused'],
  ['net/http: invalid header field value for "X-A"', 'refused'],
  ['IP (10.0.0.1) is in a blacklisted range (10.0.0.0/8)', 'refused'],
  ['hostname (llm.example) is in a blocked pattern (*.example)', 'refused'],
  ['EOF', 'reset'],
  ['read tcp 127.0.0.1:5->127.0.0.1:80: read: connection reset by peer', 'reset'],
  ['read tcp 10.0.0.2:5->10.0.0.1:80: read: no route to host', 'reset'],
  ['write tcp 127.0.0.1:5->127.0.0.1:80: write: broken pipe', 'reset'],
  ['net/http: HTTP/1.x transport connection broken: write tcp 127.0.0.1:5->127.0.0.1:80: write: broken pipe', 'reset'],
  ['readfrom tcp 127.0.0.1:5->127.0.0.1:80: use of closed network connection', 'reset'],
  ['http: server closed idle connection', 'reset'],
  ['http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""', 'reset'],
  ['stream error: stream ID 3; INTERNAL_ERROR; received from peer', 'reset'],
  ['stopped after 10 redirects', 'http-status'],
  ['failed to parse Location header "http://[": parse "http://[": missing ]', 'http-status'],
  ['net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH_9.6"', 'bad-payload'],
  ['net/http: HTTP/1.x transport connection broken: malformed HTTP response "i/o timeout"', 'bad-payload'],
  ['net/http: HTTP/1.x transport connection broken: malformed HTTP status code "abc"', 'bad-payload'],
  [
    'net/http: HTTP/1.x transport connection broken: malformed MIME header: missing colon: "dial tcp: x"',
    'bad-payload',
  ],
  ['net/http: server response headers exceeded 10485760 bytes; aborted', 'bad-payload'],
  ['malformed chunked encoding', 'bad-payload'],
  ['chunked line ends with bare LF', 'bad-payload'],
  ['net/http: HTTP/1.x transport connection broken: unsupported transfer encoding: "gzip, chunked"', 'bad-payload'],
  ['invalid byte in chunk length', 'bad-payload'],
  ['gzip: invalid header', 'bad-payload'],
  ['something new', 'reset'],
];

describe('classifyErrorText', () => {
  it.each(TEXTS)('%s: %s', (text, kind) => {
    expect(classifyErrorText(text)).toBe(kind);
  });

  it.each([
    'http://dialog-llm:8000/v1/chat/completions',
    'http://llm/timeout-tests/v1',
    'https://tls-certificate.blocked.example/lookup',
    'http://llm/v1?reason=context deadline exceeded',
    'http://llm/say%20\\"unexpected EOF\\": i/o timeout',
  ])('reads the error and not the address: %s', (url) => {
    for (const [text, kind] of TEXTS) {
      // Framed, an error came before the response: what ended too early then was its head.
      const framed = kind === 'cut' ? 'reset' : kind;
      expect([text, classifyErrorText(`Post "${url}": ${text}`)]).toEqual([text, framed]);
    }
  });

  it.each(['timeout', 'dial', 'lookup-unexpected-eof', 'x509', 'interrupted'])(
    'reads the error and not the host that it names: %s',
    (host) => {
      expect(classifyErrorText(`read tcp ${host}:1->${host}:80: read: connection reset by peer`)).toBe('reset');
      expect(classifyErrorText(`Post "http://${host}/": EOF`)).toBe('reset');
      expect(classifyErrorText(`Post "http://${host}/": lookup ${host} on ${host}:53: no such host`)).toBe('refused');
    },
  );
});
