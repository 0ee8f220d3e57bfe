import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createGate, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RequestRecord } from '../../lib/measure/request-record.ts';
import { type MockServer, startMockServer } from '../../lib/mock/server.ts';
import { CERTIFICATE } from '../support/certificate.ts';
import { runCli } from '../support/cli.ts';
import { describeEngines, runInEngine } from '../support/engines.ts';
import { listen } from '../support/listen.ts';
import { startProxy } from '../support/proxy.ts';
import { STREAM_HEAD, startRawServer } from '../support/raw-server.ts';

const LOAD = {
  MODEL: 'm',
  PARALLEL: '1',
  NUMBER: '1',
  PROMPT: 'hi',
  MAX_TOKENS: '4',
  NO_TEST_CONNECTION: 'true',
  TOTAL_TIMEOUT: '5',
  API_KEY: 'sk-test-of-the-network',
};
const EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}\n\n';
const STREAM = `${EVENT}data: [DONE]\n\n`;
const chunk = (text: string, extension = ''): string => `${text.length.toString(16)}${extension}\r\n${text}\r\n`;
const head = (...lines: string[]): string =>
  `${['HTTP/1.1 200 OK', 'Content-Type: text/event-stream', ...lines].join('\r\n')}\r\n\r\n`;

/** What a server may write in answer, and what becomes of the request: Go's reading of it, tried in k6 2.2. */
const ANSWERS: readonly (readonly [string, string, string])[] = [
  ['line feeds alone in the head', `${STREAM_HEAD.replaceAll('\r\n', '\n')}${STREAM}`, 'completed'],
  ['100 Continue first', `HTTP/1.1 100 Continue\r\n\r\n${STREAM_HEAD}${STREAM}`, 'completed'],
  ['three of them', `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3)}${STREAM_HEAD}${STREAM}`, 'completed'],
  ['103 Early Hints first', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${STREAM_HEAD}${STREAM}`, 'completed'],
  ['HTTP/1.0 without a length', `${STREAM_HEAD.replace('1.1', '1.0')}${STREAM}`, 'completed'],
  ['no reason phrase', `${STREAM_HEAD.replace(' OK', '')}${STREAM}`, 'completed'],
  ['a header over two lines', `${head('X-A: b', ' c', 'Connection: close')}${STREAM}`, 'completed'],
  ['300 kB of headers', `${head(`X-A: ${'a'.repeat(300_000)}`, 'Connection: close')}${STREAM}`, 'completed'],
  [
    'chunks with extensions and a trailer',
    `${head('Transfer-Encoding: chunked')}${chunk(STREAM, ';a=b;c="d"')}0\r\nX-T: y\r\n\r\n`,
    'completed',
  ],
  [
    'a length beside chunks',
    `${head('Content-Length: 3', 'Transfer-Encoding: chunked')}${chunk(STREAM)}0\r\n\r\n`,
    'completed',
  ],
  ['a length that fits', `${head(`Content-Length: ${STREAM.length}`)}${STREAM}`, 'completed'],
  ['a length too small', `${head('Content-Length: 9', 'Connection: close')}${STREAM}`, 'cut'],
  ['a length too large', `${head('Content-Length: 900', 'Connection: close')}${EVENT}`, 'cut'],
  ['a last chunk that never comes', `${head('Transfer-Encoding: chunked')}${chunk(EVENT)}`, 'cut'],
  ['a chunk length that is none', `${head('Transfer-Encoding: chunked')}zz\r\n${EVENT}\r\n`, 'bad-payload'],
  ['nothing at all', '', 'reset'],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Type: te', 'reset'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'bad-payload'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'bad-payload'],
  ['a version of one digit', 'HTTP/2 200 OK\r\nConnection: close\r\n\r\n', 'bad-payload'],
  ['a header without a colon', `${head('no colon here')}${STREAM}`, 'bad-payload'],
  ['a NUL in a header', `${head('X-A: a\0b', 'Connection: close')}${STREAM}`, 'bad-payload'],
  ['a transfer encoding that is none', `${head('Transfer-Encoding: identity')}${STREAM}`, 'bad-payload'],
  ['two transfer encodings', `${head('Transfer-Encoding: gzip, chunked')}${chunk(STREAM)}0\r\n\r\n`, 'bad-payload'],
  [
    'one of them twice',
    `${head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}${chunk(STREAM)}0\r\n\r\n`,
    'bad-payload',
  ],
  ['gzip in words alone', `${head('Content-Encoding: gzip', 'Connection: close')}${STREAM}`, 'completed'],
  ['eleven megabytes of headers', `${head(`X-A: ${'a'.repeat(11_000_000)}`, 'Connection: close')}`, 'bad-payload'],
  [
    'a redirect to nowhere',
    `HTTP/1.1 307 X\r\nLocation: \r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    'http-status',
  ],
  ['204 with a body', `HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n${STREAM}`, 'cut'],
  ['status 999', `HTTP/1.1 999 Who Knows\r\nConnection: close\r\n\r\n${STREAM}`, 'http-status'],
  ['a redirect without a location', 'HTTP/1.1 307 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', 'http-status'],
];

let mock: MockServer;
let answerTls = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(STREAM);
};
let tls: Server;
let tlsPort: number;
let tlsHeaders: string[] = [];

beforeAll(async () => {
  mock = await startMockServer({ ttftMs: 2, tpotMs: 1, outputTokens: 3 });
  tls = createTlsServer(CERTIFICATE, (request, response) => {
    tlsHeaders = request.rawHeaders;
    request.resume().on('end', () => answerTls(response));
  });
  tlsPort = await listen(tls);
});
afterAll(async () => {
  await mock.close();
  tls.closeAllConnections();
  tls.close();
});

const kindOf = ({ failure }: RequestRecord): string => failure?.kind ?? 'completed';

describeEngines('the network', (engine) => {
  const first = async (URL: string, settings: Record<string, string> = {}): Promise<RequestRecord> => {
    const { records, stderr } = await runInEngine(engine, 'openqa', { ...LOAD, URL, ...settings });
    expect(records, stderr).toHaveLength(1);
    return records[0] as RequestRecord;
  };

  it('reads what servers write as Go reads it', async () => {
    const server = await startRawServer((index, socket) => socket.end(ANSWERS[index]?.[1] ?? ''));
    const { records } = await runInEngine(engine, 'openqa', {
      ...LOAD,
      URL: server.url,
      NUMBER: String(ANSWERS.length),
    });
    server.close();
    expect(records.map((record, i) => [ANSWERS[i]?.[0], kindOf(record)])).toEqual(
      ANSWERS.map(([name, , kind]) => [name, kind]),
    );
  });

  it('tells a connection that is reset in a body that would end with it from one that is closed', async () => {
    const server = await startRawServer((_, socket) => {
      socket.write(`${STREAM_HEAD}${EVENT}`, () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    for (const STREAM of ['true', 'false']) {
      const { failure } = await first(server.url, { STREAM });
      expect(failure?.kind).toBe('reset');
      expect(failure?.detail).toContain('connection reset by peer');
    }
    server.close();
  });

  it('has the key of a server that shows it in a broken head in no sample, whatever sends the request', async () => {
    const key = LOAD.API_KEY;
    const heads = [
      `${key} who are you\r\n\r\n`,
      `HTTP/1.1 ${key}\r\n\r\n`,
      `${head(`${key} without a colon`)}`,
      `${head(`Transfer-Encoding: ${key}`)}`,
      `${head(`Content-Length: ${key}`)}`,
      `HTTP/1.1 307 X\r\nLocation: http://[${key}\r\nContent-Length: 0\r\n\r\n`,
    ];
    for (const bundle of ['openqa', 'http/openqa']) {
      const server = await startRawServer((index, socket) => socket.end(heads[index] ?? ''));
      const run = await runInEngine(engine, bundle, { ...LOAD, URL: server.url, NUMBER: `${heads.length}` });
      server.close();
      expect(run.records.map(({ outcome }) => outcome)).toEqual(heads.map(() => 'failed'));
      expect(readFileSync(run.samplesPath, 'utf8') + run.stdout + run.stderr).not.toContain(key);
    }
  });

  it('goes through the proxy of the environment, which gets its own password', async () => {
    const proxy = await startProxy(mock.port);
    const record = await first('http://llm.test/v1/chat/completions', { HTTP_PROXY: proxy.url });
    expect(kindOf(record)).toBe('completed');
    expect(proxy.seen).toContain('POST http://llm.test/v1/chat/completions');
    expect(proxy.seen).toContain('proxy-authorization: Basic dXNlcjpwYXNz');
    expect(proxy.seen).toContain('host: llm.test');
    const bypassed = await first('http://llm.test/v1', { http_proxy: proxy.url, NO_PROXY: '.test' });
    expect(kindOf(bypassed)).toBe('refused');
    const local = await first(`http://localhost:${mock.port}/v1`, { HTTP_PROXY: 'http://127.0.0.1:1' });
    expect(kindOf(local)).toBe('completed');
    proxy.close();
  });

  it('goes to TLS through a tunnel, of which the proxy learns the host alone', async () => {
    const proxy = await startProxy(tlsPort);
    const record = await first('https://llm.test/v1', { HTTPS_PROXY: proxy.url, INSECURE: 'true' });
    expect(kindOf(record)).toBe('completed');
    expect(proxy.seen).toContain('CONNECT llm.test:443');
    expect(proxy.seen.join()).not.toContain('sk-test');
    expect(tlsHeaders.map((text) => text.toLowerCase())).not.toContain('proxy-authorization');
    proxy.close();
  });

  it('fails as refused when the proxy will not connect, or is not there', async () => {
    const proxy = await startProxy(tlsPort, 407);
    const refused = await first('https://llm.test/v1', { HTTPS_PROXY: proxy.url });
    expect(refused.failure).toMatchObject({ kind: 'refused', status: null });
    expect(refused.failure?.detail).toContain('Proxy Authentication Required');
    proxy.close();
    const gone = await first('http://llm.test/v1', { HTTP_PROXY: 'http://127.0.0.1:1' });
    expect(gone.failure?.kind).toBe('refused');
    expect(gone.failure?.detail).toContain('proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused');
  });

  it('shows the password of a proxy nowhere, not even where the proxy itself shows it', async () => {
    const basic = Buffer.from('user:pass-of-the-proxy').toString('base64');
    const proxy = await startRawServer((_, socket) =>
      socket.end(`HTTP/1.1 503 no user:pass-of-the-proxy ${basic}\r\nContent-Length: 0\r\n\r\n`),
    );
    const HTTPS_PROXY = proxy.url.replace('//', '//user:pass-of-the-proxy@');
    const run = await runInEngine(engine, 'openqa', { ...LOAD, URL: 'https://llm.test/v1', HTTPS_PROXY });
    proxy.close();
    expect(run.records[0]?.failure?.detail).toContain('llm.test');
    const shown = readFileSync(run.samplesPath, 'utf8') + run.stdout + run.stderr;
    expect(shown).not.toContain('pass-of-the-proxy');
    expect(shown).not.toContain(basic);
  });

  it('takes a self-signed certificate only when it is told to', async () => {
    const url = `https://localhost:${tlsPort}/v1`;
    const refused = await first(url);
    expect(refused.failure?.kind).toBe('refused');
    expect(refused.failure?.detail).toContain('x509: certificate signed by unknown authority');
    for (const settings of [{}, { STREAM: 'false' }]) {
      const record = await first(url, { INSECURE: 'true', ...settings });
      expect(record.status).toBe(200);
    }
  });

  it('carries no header to another origin, and says where the redirect leads', async () => {
    let visits = 0;
    const other = await startRawServer((_, socket) => {
      visits++;
      socket.end(`${STREAM_HEAD}${STREAM}`);
    });
    const server = await startRawServer((_, socket) =>
      socket.end(`HTTP/1.1 307 X\r\nLocation: ${other.url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`),
    );
    const HEADERS = '{"x-api-key":"sk-also-secret"}';
    // k6/x/sse follows a redirect of a stream by itself: there the connection test has to see it.
    const ways = engine === 'k6' ? [{ STREAM: 'false' }] : [{ STREAM: 'false' }, {}];
    for (const settings of ways) {
      const { failure } = await first(server.url, { HEADERS, ...settings });
      expect(failure).toMatchObject({ kind: 'http-status', status: 307 });
      expect(failure?.detail).toBe(`HTTP 307; redirects to ${other.url}: use that URL`);
    }
    expect(visits).toBe(0);
    server.close();
    other.close();
  });

  it('follows a redirect within the origin, says so, and ends a loop', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        if (request.url === '/moved') response.writeHead(307, { location: '/v1/chat/completions' }).end();
        else if (request.url === '/round/completions') response.writeHead(308, { location: request.url }).end();
        else response.writeHead(307, { location: `http://127.0.0.1:${port}/there` }).end();
        if (request.url === '/there') response.end();
      });
    });
    const port = await listen(server);
    for (const STREAM of ['true', 'false']) {
      const { failure } = await first(`http://127.0.0.1:${port}/round/completions`, { STREAM });
      expect(failure?.kind).toBe('http-status');
      expect(failure?.detail).toContain('stopped after 10 redirects');
    }
    server.closeAllConnections();
    server.close();
  });

  it('notes a redirect in every record, with the connection test and in the Node engine without it', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        if (request.url !== '/there') response.writeHead(307, { location: '/there' }).end();
        else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(STREAM);
      });
    });
    const URL = `http://127.0.0.1:${await listen(server)}/v1`;
    const note = 'a redirect, and times that hold the detour: use the URL it leads to';
    // k6/x/sse follows a redirect without a word: there the connection test has to see it.
    const ways = engine === 'k6' ? [{ NO_TEST_CONNECTION: 'false' }] : [{ NO_TEST_CONNECTION: 'false' }, {}];
    for (const settings of ways) {
      const { records } = await runInEngine(engine, 'openqa', { ...LOAD, URL, ...settings });
      expect(records.map(({ outcome, notes }) => [outcome, notes])).toEqual([['completed', [note]]]);
    }
    server.closeAllConnections();
    server.close();
  });

  it('ends silence at its limit: before the headers, after them, in the middle', async () => {
    const server = await startRawServer((index, socket) => {
      if (index === 1) socket.write(STREAM_HEAD);
      if (index === 2) socket.write(`${STREAM_HEAD}${EVENT}`);
    });
    const started = Date.now();
    const { records } = await runInEngine(engine, 'openqa', {
      ...LOAD,
      URL: server.url,
      NUMBER: '3',
      READ_TIMEOUT: engine === 'node' ? '0.4' : '600',
      TOTAL_TIMEOUT: engine === 'node' ? '60' : '0.4',
    });
    server.close();
    expect(records.map(kindOf)).toEqual(['timeout', 'timeout', 'timeout']);
    for (const { start_ms, end_ms } of records) expect(end_ms - start_ms).toBeLessThan(1400);
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});

describeEngines('the first byte of an answer without events', (engine) => {
  // A busy machine may hold one of the two clocks up, and hardly thrice.
  it('counts connecting and TLS once, and is never later than the end', { retry: 2 }, async () => {
    // A long way to the server: 150 ms each way, in which the handshake of TLS takes 300.
    const DELAY = 150;
    let acceptedAt = 0;
    const gate = createGate((client) => {
      acceptedAt = performance.now();
      const behind = connect(tlsPort, '127.0.0.1');
      const later = (to: Socket) => (piece: Buffer) => void setTimeout(() => to.write(piece), DELAY);
      client.on('data', later(behind)).on('error', () => behind.destroy());
      behind.on('data', later(client)).on('error', () => client.destroy());
    });
    gate.listen(0, '127.0.0.1');
    await once(gate, 'listening');
    let headAt = 0;
    answerTls = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(EVENT);
      headAt = performance.now() + DELAY;
      setTimeout(() => response.end('data: [DONE]\n\n'), 900);
    };
    const { records } = await runInEngine(engine, 'http/openqa', {
      ...LOAD,
      URL: `https://localhost:${(gate.address() as AddressInfo).port}/v1`,
      INSECURE: 'true',
    });
    gate.close();
    const { ttft_ms, latency_ms, ttft_rule } = records[0] as RequestRecord;
    expect(ttft_rule).toBe('first-byte');
    // Twice, the handshake would add its 300 ms.
    expect(Math.abs((ttft_ms ?? 0) - (headAt - acceptedAt))).toBeLessThan(150);
    expect(ttft_ms ?? 0).toBeLessThan(latency_ms ?? 0);
  });
});

describeEngines('an answer of 101', (engine) => {
  it('is a failure, and holds nobody up', { timeout: 120_000 }, async () => {
    const server = await startRawServer((index, socket) => {
      if (index === 0) socket.end(`${STREAM_HEAD}${STREAM}`);
      else socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    });
    if (engine === 'node') {
      const { records } = await runInEngine(engine, 'openqa', { ...LOAD, URL: server.url, NUMBER: '3' });
      expect(records.map(({ failure }) => [failure?.kind, failure?.status])).toEqual([
        [undefined, undefined],
        ['http-status', 101],
        ['http-status', 101],
      ]);
    } else {
      // No limit of k6 ends such a request: the command line stops k6, and reports what there is.
      const flags = ['--engine', 'k6', '--url', server.url, '--model', 'm', '--number', '30', '--prompt', 'hi'];
      const run = await runCli(['run', ...flags, '--total-timeout', '1', '--no-test-connection']);
      expect(run.stderr).toContain('although each has a limit of 1 s (--total-timeout): k6 is stopped');
      expect(run.stdout).toContain('no request ended for');
      expect(run.code).toBe(105);
    }
    server.close();
  });
});

describeEngines('a service that compresses unasked', (engine) => {
  it('is read where the engine can, and its times are said to be those of its compressor', async () => {
    for (const encoding of ['gzip', 'deflate', 'br'] as const) {
      const server = createServer((request, response) => {
        request.resume().on('end', () => {
          response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding });
          const bytes = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[encoding](STREAM);
          response.end(bytes);
        });
      });
      const URL = `http://127.0.0.1:${await listen(server)}/v1`;
      const run = await runInEngine(engine, 'openqa', { ...LOAD, URL });
      const asked = await runInEngine(engine, 'openqa', { ...LOAD, URL, HEADERS: '{"Accept-Encoding":"gzip"}' });
      const whole = await runInEngine(engine, 'http/openqa', { ...LOAD, URL });
      server.close();
      const [kinds, askedKinds] = [run.records.map(kindOf), asked.records.map(kindOf)];
      expect(whole.records.map(kindOf)).toEqual(['completed']);
      if (engine === 'node') {
        expect([encoding, kinds, askedKinds]).toEqual([encoding, ['completed'], ['completed']]);
        const note = `a compressed stream (${encoding}), whose chunks come as its compressor lets them go`;
        expect(run.stderr).toContain(note);
        expect(run.records[0]?.notes).toEqual([note]);
        const report = await runCli(['report', run.samplesPath, '--outputs-dir', dirname(run.samplesPath)]);
        expect(report.stdout.replace(/\s+/g, ' ')).toContain(`1 answer had ${note}.`);
      } else {
        const way = encoding === 'gzip' ? '--headers Accept-Encoding=gzip' : '--engine node';
        expect([encoding, kinds]).toEqual([encoding, ['bad-payload']]);
        expect(run.records[0]?.failure?.detail).toContain(way);
        if (encoding !== 'gzip') continue;
        expect(askedKinds).toEqual(['completed']);
        expect(asked.records[0]?.notes?.join()).toContain('a stream that may be compressed (gzip was asked for)');
      }
    }
  });
});
