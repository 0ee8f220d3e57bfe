import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { listen } from '../listen.ts';

/** A server on a free port. */
export interface TestServer {
  readonly url: string;
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function startHttpServer(handler: RequestListener): Promise<TestServer> {
  return startServer(createServer(handler));
}

/** A server that speaks plain bytes: for responses that no HTTP library would send. */
export async function startTcpServer(handler: (socket: Socket) => void): Promise<TestServer> {
  return startServer(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      handler(socket);
    }),
  );
}

async function startServer(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
