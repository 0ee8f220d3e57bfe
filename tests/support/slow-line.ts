import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { CERTIFICATE } from './certificate.ts';
import { listen } from './listen.ts';

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
  const tlsPort = await listen(tls);
  const line = createServer((socket) => join(socket, connect(tlsPort, '127.0.0.1'), delayMs));
  const linePort = await listen(line);
  return {
    url: `https://127.0.0.1:${linePort}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      line.close();
      tls.close();
    },
  };
}
