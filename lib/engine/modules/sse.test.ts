import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, runScript, type ScriptRun } from '../../../tests/support/engine/run-script.ts';
import { startHttpServer, startTcpServer, type TestServer } from '../../../tests/support/engine/servers.ts';

/** A script that opens one stream, writes down what its handlers get, and prints it as JSON. */
function script(url: string, params: string, body = ''): string {
  return `
    import sse from 'k6/x/sse';
    export const options = { iterations: 1 };
    export default async function () {
      const log = [];
      let threw = null;
      let response = null;
      try {
        response = await sse.open(${JSON.stringify(url)}, { headers: { 'Accept-Encoding': 'identity' }, timeout: '5s', ...${params} }, (client) => {
          client.on('open', () => log.push('open'));
          client.on('error', (e) => log.push('error: ' + e.error()));
          client.on('event', (e) => { log.push([e.id, e.name, e.comment, e.data]); ${body} });
        });
      } catch (e) { threw = e.message; }
      console.log(JSON.stringify({ log, response, threw }));
    }
    export function handleSummary(data) { return { 'summary.json': JSON.stringify(data.metrics) }; }
  `;
}

interface Seen {
  readonly log: readonly unknown[];
  readonly response: { url: string; status: number; headers: Record<string, string>; error: string } | null;
  readonly threw: string | null;
}

const routes: Record<string, (response: ServerResponse, body: string) => void> = {
  '/plain': (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'r1' });
    response.end('id: 7\nevent: chunk\ndata: l1\ndata:l2\n\n: ping\n\ndata: last\n\ndata: lost\n');
  },
  '/done': (response) => {
    response.writeHead(200);
    // The connection stays open: only close() ends this stream.
    response.write('data: a\n\ndata: [DONE]\n\ndata: late\n\n');
  },
  '/unicode': (response) => {
    response.writeHead(200);
    const bytes = Buffer.from('data: hé中😀\n\n');
    let sent = 0;
    const next = (): void => {
      if (sent === bytes.length) response.end();
      else response.write(bytes.subarray(sent, ++sent), next);
    };
    next();
  },
  '/error': (response) => {
    response.writeHead(429, { 'retry-after': '3', 'content-type': 'application/json' });
    response.end('{\n "error": 1\n}\n');
  },
  '/quiet-error': (response) => {
    response.writeHead(500);
    response.end('{"error":{}}');
  },
  '/stall': (response) => {
    response.writeHead(200);
    response.write('data: a\n\n');
  },
  '/never': () => {},
  '/reset': (response) => {
    response.writeHead(200);
    response.write('data: a\n\n', () => setTimeout(() => response.socket?.resetAndDestroy(), 30));
  },
  '/cut': (response) => {
    response.writeHead(200);
    response.write('data: a\n\n', () => setTimeout(() => response.socket?.end(), 30));
  },
  '/redirect': (response) => {
    response.writeHead(307, { location: '/echo' });
    response.end();
  },
  '/loop': (response) => {
    response.writeHead(302, { location: '/loop' });
    response.end();
  },
  '/echo': (response, body) => {
    const { method, headers } = response.req;
    response.writeHead(200);
    response.end(
      `data: ${method} ${body} ${headers['accept']} ${headers['accept-encoding']} ${headers['user-agent']}\n\n`,
    );
  },
  '/gzip-cut': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const whole = gzipSync(`data: ${randomBytes(2000).toString('hex')}\n\n`);
    response.end(whole.subarray(0, 1000));
  },
  '/gzip-lie': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end('data: plain\n\n');
  },
  '/gzip-bomb': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync(Buffer.alloc(160_000_000, 'a')));
  },
  '/raw-deflate': (response) => {
    response.writeHead(200, { 'content-encoding': 'deflate' });
    response.end(deflateRawSync('data: raw\n\n'));
  },
  '/gzip': (response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync('data: z1\n\ndata: z2\n\n'));
  },
};

let server: TestServer;
beforeAll(async () => {
  server = await startHttpServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    routes[request.url ?? '']?.(response, body);
  });
});
afterAll(() => server.close());

async function open(path: string, params = '{}', body = ''): Promise<Seen & { run: ScriptRun }> {
  const run = await runScript(script(path.startsWith('/') ? server.url + path : path, params, body));
  return { ...(JSON.parse(lines(run)[0] ?? '{}') as Seen), run };
}

describe('sse.open', () => {
  it('hands over headers, open and events, joins data lines, and drops a last block without its blank line', async () => {
    const { log, response } = await open('/plain');
    expect(log).toEqual(['open', ['7', 'chunk', '', 'l1\nl2'], ['', '', 'ping', ''], ['', '', '', 'last']]);
    expect(response).toMatchObject({ url: `${server.url}/plain`, status: 200, error: '' });
    expect(response?.headers).toMatchObject({ 'Content-Type': 'text/event-stream', 'X-Request-Id': 'r1' });
    expect(response?.headers).not.toHaveProperty('Transfer-Encoding');
  });

  it('hands over nothing after close(), and returns though the server keeps the connection', async () => {
    const { log, response } = await open('/done', '{}', "if (e.data === '[DONE]') client.close();");
    expect(log).toEqual(['open', ['', '', '', 'a'], ['', '', '', '[DONE]']]);
    expect(response?.status).toBe(200);
  });

  it('decodes characters that are split over reads', async () => {
    expect((await open('/unicode')).log).toEqual(['open', ['', '', '', 'hé中😀']]);
  });

  it('gives the lines of an error body to the error handler', async () => {
    const { log, response } = await open('/error');
    expect(log).toEqual([
      'open',
      'error: unknown event: {\n',
      'error: unknown event:  "error": 1\n',
      'error: unknown event: }\n',
    ]);
    expect(response).toMatchObject({ status: 429, headers: { 'Retry-After': '3' } });
    expect((await open('/quiet-error')).log).toEqual(['open']);
  });

  it('says what Go says when no response comes', async () => {
    const refused = await open('http://127.0.0.1:1/x', "{ method: 'POST' }");
    expect(refused.response).toEqual({
      url: '',
      status: 0,
      headers: {},
      error: 'Post "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused',
      connectMs: null,
    });
    expect(refused.log).toEqual([]);
    const unknown = await open('http://no-such-host.invalid/x');
    expect(unknown.response?.error).toMatch(
      /^Get "http:\/\/no-such-host\.invalid\/x": lookup no-such-host\.invalid.*: /,
    );
    const late = await open('/never', "{ timeout: '100ms' }");
    expect(late.response?.error).toBe(
      `Get "${server.url}/never": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    );
    const header = await open('/plain', "{ headers: { 'X-A': 'a\\nb' } }");
    expect(header.response?.error).toContain('net/http: invalid header field value for "X-A"');
    const scheme = await open('ftp://x/y');
    expect(scheme.response?.error).toBe('Get "ftp://x/y": unsupported protocol scheme "ftp"');
  });

  it('tells errors in mid-stream to the handler and returns, without a close() of the script', async () => {
    const stall = await open('/stall', "{ timeout: '150ms' }");
    expect(stall.log.at(-1)).toBe(
      'error: context deadline exceeded (Client.Timeout or context cancellation while reading body)',
    );
    expect(stall.response).toMatchObject({ status: 200, error: '' });
    const reset = await open('/reset');
    expect(reset.log.at(-1)).toMatch(
      /^error: read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read: connection reset by peer$/,
    );
    expect((await open('/cut')).log.at(-1)).toBe('error: unexpected EOF');
  });

  it('reports a truncated body also when the server says Connection: close, and a body that ends with its connection is whole', async () => {
    const truncated = await startTcpServer((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n9\r\ndata: a\n\n\r\n'),
      );
    });
    expect((await open(truncated.url)).log).toEqual(['open', ['', '', '', 'a'], 'error: unexpected EOF']);
    await truncated.close();
    const whole = await startTcpServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: a\n\n'));
    });
    expect((await open(whole.url)).log).toEqual(['open', ['', '', '', 'a']]);
    await whole.close();
  });

  it('says EOF when the server hangs up before it answers', async () => {
    const mute = await startTcpServer((socket) => socket.once('data', () => socket.end()));
    expect((await open(mute.url)).response?.error).toBe(`Get "${mute.url}": EOF`);
    await mute.close();
  });

  it('follows redirects, repeating a POST on 307, ten at most', async () => {
    const { log } = await open('/redirect', "{ method: 'POST', body: ' hi ' }");
    expect(log[1]).toEqual(['', '', '', 'POST hi text/event-stream identity k6-llm-perf-engine']);
    expect((await open('/loop')).response?.error).toBe(`Get "${server.url}/loop": stopped after 10 redirects`);
  });

  it('undoes gzip, and shows it unless the script leaves Accept-Encoding to the engine', async () => {
    const { log, response } = await open('/gzip', '{ headers: {} }');
    expect(log).toEqual(['open', ['', '', '', 'z1'], ['', '', '', 'z2']]);
    expect(response?.headers).not.toHaveProperty('Content-Encoding');
    // A server that compresses although it was asked not to: the events are there, and the header tells.
    const forced = await open('/gzip');
    expect(forced.log).toEqual(log);
    expect(forced.response?.headers).toMatchObject({ 'Content-Encoding': 'gzip' });
    expect((await open('/echo', '{ headers: {} }')).log[1]).toEqual([
      '',
      '',
      '',
      'GET  text/event-stream gzip k6-llm-perf-engine',
    ]);
  });

  it('says in Go’s words that a compressed body ends too early', async () => {
    const { log } = await open('/gzip-cut');
    expect(log).toEqual(['open', 'error: unexpected EOF']);
  });

  it('reads both kinds of deflate, and plain text where a server says gzip and sends none, as k6 does', async () => {
    expect((await open('/raw-deflate')).log).toEqual(['open', ['', '', '', 'raw']]);
    expect((await open('/gzip-lie')).log).toEqual(['open', ['', '', '', 'plain']]);
    expect((await open('/gzip-lie')).response).toMatchObject({ inflated: '' });
    expect((await open('/gzip')).response).toMatchObject({ inflated: 'gzip' });
  });

  it('ends a stream that is not a stream before it fills the memory', async () => {
    const { log } = await open('/gzip-bomb');
    expect(log).toEqual(['open', 'error: malformed stream: more than 128 MB without an event']);
  });

  it('throws for arguments that xk6-sse refuses', async () => {
    expect((await open('/plain', "{ timeout: '500' }")).threw).toBe(
      'invalid sse.open() timeout: time: missing unit in duration "500"',
    );
    expect((await open('/plain', '{ tags: { a: {} } }')).threw).toContain("invalid value for metric tag 'a'");
    expect((await open('/plain', '{ jar: {} }')).threw).toContain("'jar'");
  });

  it('passes on what a handler throws', async () => {
    const { log, threw } = await open('/plain', '{}', "throw new Error('bang');");
    expect(threw).toBe('bang');
    expect(log).toHaveLength(2);
  });

  it('uses a connection of its own for every call', async () => {
    const before = server.connections();
    await open('/plain');
    await open('/plain');
    expect(server.connections() - before).toBe(2);
  });

  it('records the samples of xk6-sse: one sse_event an event, http_req_sending twice, no http_req_failed', async () => {
    const { run } = await open('/plain', "{ tags: { name: 'n' } }");
    const metrics = run.data.metrics;
    expect(metrics['sse_event']?.values['count']).toBe(3);
    expect(metrics['http_reqs']?.values['count']).toBe(1);
    expect(Object.keys(metrics)).toEqual(
      expect.arrayContaining(['http_req_duration', 'http_req_sending', 'data_sent']),
    );
    expect(metrics).not.toHaveProperty('http_req_failed');
    expect(metrics['data_received']?.values['count']).toBeGreaterThan(100);
    expect(metrics['data_sent']?.values['count']).toBeGreaterThan(50);
  });
});
