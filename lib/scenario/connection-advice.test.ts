import { describe, expect, it } from 'vitest';
import { configOf } from '../../tests/support/run-config.ts';
import {
  type ConnectionFacts,
  type ConnectionFault,
  describeFault,
  formatSeconds,
  mayPass,
} from './connection-advice.ts';

const factsOf = (facts: Partial<ConnectionFacts> = {}, settings: Record<string, string> = {}): ConnectionFacts => ({
  config: configOf(settings),
  models: null,
  notes: [],
  waitedMs: null,
  show: (text) => text,
  ...facts,
});
const adviceOn = (fault: ConnectionFault, facts = factsOf()): string =>
  describeFault(fault, facts).find((line) => line.startsWith('  check: ')) ?? '';
const noAnswer = (error: string): ConnectionFault => ({ kind: 'no-answer', error });
const refused = (status: number, words = ''): ConnectionFault => ({ kind: 'refused', status, words });

describe('the advice', () => {
  // Go 1.26's crypto/x509 and net/http, as k6 prints them; the last of each group is what the Node engine says.
  it.each([
    [
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-26',
      /has expired/,
    ],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', /self-signed.*SSL_CERT_FILE/],
    ['tls: failed to verify certificate: x509: certificate is valid for a.example, not b.example', /another host/],
    [
      "tls: failed to verify certificate: x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
      /another host/,
    ],
    [
      'x509: certificate relies on legacy Common Name field, use SANs instead',
      /the certificate of the server; --insecure/,
    ],
  ])('on %s', (error, advice) => {
    const fault = noAnswer(`Post "https://h/v1": ${error}`);
    expect(adviceOn(fault)).toMatch(advice);
    expect(adviceOn(fault)).toContain('--insecure');
    // A certificate does not mend itself while one waits.
    expect(mayPass(fault)).toBe(false);
  });

  it.each([
    ['Post "http://timeout-certificate/v1": EOF', /broke off/],
    ['malformed request: body throws "Error: x"', /the file of --api/],
    ['Post "https://h/v1": http: server gave HTTP response to HTTPS client', /http:\/\/ in --url/],
    ['Post "http://h/v1": lookup h on 10.0.0.1:53: no such host', /no name server/],
    ['Post "http://h/v1": dial tcp 10.0.0.1:80: connect: connection refused', /is the server started/],
    ['Post "http://h/v1": request timeout', /in time/],
  ])('on %s', (error, advice) => {
    expect(adviceOn(noAnswer(error))).toMatch(advice);
    expect(mayPass(noAnswer(error))).toBe(true);
  });

  it('tells a key that was refused from one that was not given', () => {
    expect(adviceOn(refused(401))).toContain('give the key');
    expect(adviceOn(refused(401), factsOf({}, { API_KEY: 'k' }))).toContain('was refused');
    expect(adviceOn(refused(401), factsOf({}, { API_KEY: 'k', API: 'anthropic' }))).toContain('Authorization=Bearer');
    expect(adviceOn(refused(403), factsOf({}, { HEADERS: 'x-api-key=k' }))).toContain('was refused');
    expect(adviceOn(refused(403), factsOf({}, { HEADERS: 'x-team=search' }))).toContain('give the key');
  });

  it.each([
    ['Unknown parameter: stream_options', '--stream-options off'],
    ["Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", '--max-tokens-field'],
    ['min_tokens must be at most 10', '--min-tokens'],
    ['streaming is not supported', '--no-stream'],
    ['something else', '--extra-args'],
  ])('on a 400 that says %s', (words, advice) => {
    expect(adviceOn(refused(400, words))).toContain(advice);
  });

  it('lists the models, and one to paste unless it was the model already', () => {
    const lines = describeFault(refused(404), factsOf({ models: ['a', 'b'] })).join('\n');
    expect(lines).toContain('the server serves: a, b');
    expect(lines).toContain('--model a');
    const known = describeFault(refused(404), factsOf({ models: ['m'] })).join('\n');
    expect(known).toContain('the model is served');
    expect(known).not.toContain('--model');
    const many = Array.from({ length: 30 }, (_, i) => `model-${i}`);
    expect(describeFault(refused(404), factsOf({ models: many })).join('\n')).toContain('model-19 and 10 more');
  });

  it('has the words of the server in its first two lines', () => {
    const [first, second] = describeFault(refused(503, 'Loading model'), factsOf({ waitedMs: 90_000 }));
    expect(first).toBe('connection test failed: POST http://127.0.0.1:8877/v1/chat/completions, tried for 1 min 30 s');
    expect(second).toBe('  got:   HTTP 503: Loading model');
  });
});

describe('mayPass', () => {
  it.each([
    [404, true],
    [429, true],
    [500, true],
    [503, true],
    [400, false],
    [401, false],
    [422, false],
  ])('%i: %s', (status, expected) => {
    expect(mayPass(refused(status))).toBe(expected);
  });

  it('is false for answers that are there', () => {
    expect(mayPass({ kind: 'bad-answer', status: 200, words: '' })).toBe(false);
    expect(mayPass({ kind: 'redirect', status: 307, to: 'http://h/', isCircle: false })).toBe(false);
  });
});

describe('formatSeconds', () => {
  it.each([
    [300, '0.3 s'],
    [12_400, '12 s'],
    [60_000, '1 min'],
    [301_000, '5 min 1 s'],
  ])('%i ms: %s', (ms, text) => {
    expect(formatSeconds(ms)).toBe(text);
  });
});
