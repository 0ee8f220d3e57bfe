import { createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A server that answers every request with bytes of the test's choosing. */
export interface RawServer {
  readonly url: string;
  close(): void;
}

/**
 * Starts a server on a free port; `answer` gets the request's position, from 0, and writes what it likes. What looks at
 * connecting, `GET /`, is not one of them: it gets a 404.
 */
export async function startRawServer(
  answer: (index: number, socket: Socket, request: string) => void,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let index = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let request = '';
    let expected = -1;
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => {
      request += piece.toString('latin1');
      const end = request.indexOf('\r\n\r\n');
      if (end < 0) return;
      expected = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? 0) + end + 4;
      if (request.length < expected) return;
      const whole = request;
      request = '';
      if (whole.startsWith('GET / ')) {
        socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      answer(index++, socket, whole);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The head of an event stream that ends with its connection. */
export const STREAM_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n';
