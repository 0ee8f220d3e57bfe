import type { Socket } from 'node:net';

/** Counts the bytes that the connections of a VU move. */
export interface ByteMeter {
  watch(socket: Socket): void;
  /** What moved since the last call. */
  take(): { sent: number; received: number };
}

export function createByteMeter(): ByteMeter {
  const sockets = new Map<Socket, { sent: number; received: number }>();
  let sent = 0;
  let received = 0;
  const read = (socket: Socket, seen: { sent: number; received: number }): void => {
    // A socket that is gone reports undefined for what it sent.
    const sentNow = socket.bytesWritten ?? seen.sent;
    sent += sentNow - seen.sent;
    received += socket.bytesRead - seen.received;
    seen.sent = sentNow;
    seen.received = socket.bytesRead;
  };
  return {
    watch: (socket) => {
      const seen = { sent: 0, received: 0 };
      sockets.set(socket, seen);
      socket.once('close', () => {
        read(socket, seen);
        sockets.delete(socket);
      });
    },
    take: () => {
      for (const [socket, seen] of sockets) read(socket, seen);
      const result = { sent, received };
      sent = 0;
      received = 0;
      return result;
    },
  };
}
