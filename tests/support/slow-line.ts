import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { CERTIFICATE } from './certificate.ts';

/** A server of this machine as it is over TLS at the end of a long line. */
export interface SlowLine {
  readonly url: string;
  close(): void;
}

/** @param delayMs each way; TCP itself connects without it, since the kernel answers for the line */
export async function startSlowLine(port: number, delayMs: number): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket.setNoDelay(true));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const lead = (from: Socket, to: Socket, delay: number): void => {
    from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delay));
    from.on('end', () => setTimeout(() => to.end(), delay));
  };
  const join = (socket: Socket, onward: Socket, delay: number): void => {
    for (const end of [socket, onward]) keep(end);
    lead(socket, onward, delay);
    lead(onward, socket, delay);
  };
  const tls = createTlsServer(CERTIFICATE, (socket) => join(socket, connect(port, '127.0.0.1'), 0));
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  const line = createServer((socket) =>
    join(socket, connect((tls.address() as AddressInfo).port, '127.0.0.1'), delayMs),
  );
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  return {
    url: `https://127.0.0.1:${(line.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      line.close();
      tls.close();
    },
  };
}
