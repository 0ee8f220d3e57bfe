import type { ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CERTIFICATE } from '../../../tests/support/certificate.ts';
import { lines, runScript } from '../../../tests/support/engine/run-script.ts';
import { startHttpServer, type TestServer } from '../../../tests/support/engine/servers.ts';
import { listen } from '../../../tests/support/listen.ts';

/** A script whose one VU opens streams one after the other, each closed at its end mark, and prints what each said. */
function script(urls: readonly string[], params: string): string {
  return `
    import sse from 'k6/x/sse';
    import { sleep } from 'k6';
    export const options = { insecureSkipTLSVerify: true };
    export default async function () {
      for (const url of ${JSON.stringify(urls)}) {
        const events = [];
        const { status, error, connectMs } = await sse.open(url, { timeout: '5s', ...${params} }, (client) => {
          client.on('event', ({ data }) => {
            if (data === '[DONE]') client.close();
            else if (events.push(data) && data === 'leave') client.close(true);
          });
        });
        console.log(JSON.stringify({ status, error, connectMs, events }));
      }
    }
  `;
}

interface Seen {
  readonly status: number;
  readonly error: string;
  readonly connectMs: number | null;
  readonly events: readonly string[];
}

async function openAll(urls: readonly string[], params = '{ keepConnection: true }'): Promise<Seen[]> {
  return lines(await runScript(script(urls, params))).map((line) => JSON.parse(line) as Seen);
}

const routes: Record<string, (response: ServerResponse) => void> = {
  '/whole': (response) => void response.end('data: a\n\ndata: [DONE]\n\n'),
  '/late-end': (response) => {
    response.write('data: a\n\ndata: [DONE]\n\n');
    setImmediate(() => response.end());
  },
  '/leave': (response) => {
    response.write('data: leave\n\n');
    setImmediate(() => response.end());
  },
  '/no-end': (response) => void response.write('data: a\n\ndata: [DONE]\n\n'),
  '/plain': (response) => void response.end('data: a\n\n'),
};

let server: TestServer;
beforeAll(async () => {
  server = await startHttpServer((request, response) => routes[request.url ?? '']?.(response));
});
afterAll(() => server.close());

async function countConnections(paths: readonly string[], params?: string): Promise<[number, Seen[]]> {
  const before = server.connections();
  const seen = await openAll(
    paths.map((path) => server.url + path),
    params,
  );
  return [server.connections() - before, seen];
}

describe('keepConnection', () => {
  it('takes one connection for all streams of a VU, whether the end mark comes with the end of the body or before it', async () => {
    const [connections, seen] = await countConnections(['/whole', '/late-end', '/plain', '/whole']);
    expect(connections).toBe(1);
    expect(seen.map(({ events }) => events)).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(seen.map(({ connectMs }) => connectMs === 0)).toEqual([false, true, true, true]);
    expect(seen[0]?.connectMs).toBeGreaterThan(0);
  });

  it('gives up a connection whose body does not end', async () => {
    const [connections, seen] = await countConnections(['/no-end', '/whole']);
    expect(connections).toBe(2);
    expect(seen.map(({ events }) => events)).toEqual([['a'], ['a']]);
  });

  it('waits for no further body after one that did not end, and keeps the connection of one that ends all the same', async () => {
    const started = performance.now();
    const [connections] = await countConnections(['/no-end', '/no-end', '/no-end', '/no-end', '/no-end', '/no-end']);
    expect(connections).toBe(6);
    // Once 250 ms, and not six times.
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('closes the connection of a user who leaves, although the rest of the answer would come', async () => {
    const [connections, seen] = await countConnections(['/leave', '/whole', '/whole']);
    expect(connections).toBe(2);
    expect(seen.map(({ events }) => events)).toEqual([['leave'], ['a'], ['a']]);
  });

  it('is not the default: every stream connects, and says how long that took', async () => {
    const [connections, seen] = await countConnections(['/whole', '/whole'], '{}');
    expect(connections).toBe(2);
    for (const { connectMs } of seen) expect(connectMs).toBeGreaterThan(0);
  });

  it('counts TLS as connecting, and keeps it', async () => {
    const tls = createTlsServer(CERTIFICATE, (_, response) => routes['/late-end']?.(response));
    const url = `https://127.0.0.1:${await listen(tls)}/`;
    const [first, second] = await openAll([url, url]);
    expect(first?.connectMs).toBeGreaterThan(0);
    expect(second).toMatchObject({ status: 200, connectMs: 0 });
    tls.closeAllConnections();
    tls.close();
  });

  it('opens a connection anew that the server closed at once, and none that it had worked on or begun to answer', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndata: a\n\n';
    /** What becomes of the second request of a connection. */
    let second: (socket: Socket) => void = (socket) => socket.end();
    let connections = 0;
    const deaf = createTcpServer((socket) => {
      let requests = 0;
      connections += 1;
      socket.on('error', () => {});
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write(answer);
        else second(socket);
      });
    });
    const url = `http://127.0.0.1:${await listen(deaf)}/`;
    const anew = await openAll([url, url]);
    expect(anew.map(({ status }) => status)).toEqual([200, 200]);
    expect(anew[1]?.connectMs).toBeGreaterThan(0);
    expect(connections).toBe(2);
    second = (socket) => void setTimeout(() => socket.end(), 150);
    const worked = await openAll([url, url]);
    expect(worked.map(({ status }) => status)).toEqual([200, 0]);
    expect(connections).toBe(3);
    second = (socket) => socket.end('HTTP/1.1 20');
    const begun = await openAll([url, url]);
    expect(begun.map(({ status }) => status)).toEqual([200, 0]);
    expect(connections).toBe(4);
    deaf.close();
  });
});
