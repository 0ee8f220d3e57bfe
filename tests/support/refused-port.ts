import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that refuses connections for as long as this process lives.
 *
 * It is the near end of a connection that is kept open: no one can listen there, and the system gives it to nobody
 * else, as it could with a port that was merely closed. It keeps neither the process nor its event loop alive.
 */
export async function reserveRefusedPort(): Promise<number> {
  const server = createServer((socket) => socket.unref()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await Promise.all([once(socket, 'connect'), once(server, 'connection')]);
  socket.unref();
  server.close();
  return (socket.address() as AddressInfo).port;
}
