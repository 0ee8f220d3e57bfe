import { createServer, request as send } from 'node:http';
import { connect } from 'node:net';
import { listen } from './listen.ts';

/** A forward proxy that leads every host to one server of this machine, and remembers what it was told. */
export interface TestProxy {
  readonly url: string;
  /** Request lines and header lines of every request, tunnels too. */
  readonly seen: readonly string[];
  close(): void;
}

/** @param refuse answers every request with this status in place of passing it on */
export async function startProxy(port: number, refuse: number | null = null): Promise<TestProxy> {
  const seen: string[] = [];
  const note = (line: string, headers: readonly string[]): void => {
    const lines = headers.flatMap((name, i) => (i % 2 === 0 ? [`${name.toLowerCase()}: ${headers[i + 1]}`] : []));
    seen.push(line, ...lines);
  };
  const server = createServer((request, response) => {
    note(`${request.method} ${request.url}`, request.rawHeaders);
    if (refuse !== null) {
      response.writeHead(refuse).end();
      return;
    }
    const { pathname } = new URL(request.url ?? '');
    const onward = send({ host: '127.0.0.1', port, path: pathname, method: 'POST', headers: request.headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    note(`CONNECT ${request.url}`, request.rawHeaders);
    socket.on('error', () => socket.destroy());
    if (refuse !== null) {
      socket.end(`HTTP/1.1 ${refuse} Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
  });
  const ownPort = await listen(server);
  return {
    url: `http://user:pass@127.0.0.1:${ownPort}`,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
