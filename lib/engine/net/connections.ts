import type { Socket } from 'node:net';
import { Client } from 'undici';
import { type ConnectionTimes, createConnector } from './connector.ts';
import { MAX_RESPONSE_HEADERS } from './go-errors.ts';

/** One connection of a VU, used by one request at a time. It is made, and made again, when a request needs it. */
interface Connection {
  readonly client: Client;
  /** The times of a connection made since they were last taken; null for a reused one. */
  takeTimes(): ConnectionTimes | null;
}

/** The connections of a VU to all servers. A request takes a free one or makes another, and gives it back. */
export interface Connections {
  take(origin: string): Connection;
  giveBack(origin: string, connection: Connection): void;
  /** Closes one whose request failed: what state it is in is not known. */
  discard(connection: Connection): void;
  /** Closes what is not in use. */
  closeIdle(): void;
  close(): void;
}

export interface ConnectionSettings {
  readonly insecureSkipTlsVerify: boolean;
  /** Every request gets a new connection. */
  readonly noReuse: boolean;
  onSocket(socket: Socket): void;
}

export function createConnections(settings: ConnectionSettings): Connections {
  const idle = new Map<string, Connection[]>();
  const all = new Set<Connection>();
  const drop = (connection: Connection): void => {
    all.delete(connection);
    void connection.client.destroy();
  };
  const closeIdle = (): void => {
    for (const list of idle.values()) for (const connection of list.splice(0)) drop(connection);
  };
  return {
    take: (origin) => {
      const free = idle.get(origin)?.pop();
      if (free) return free;
      const connection = createConnection(origin, settings);
      all.add(connection);
      return connection;
    },
    giveBack: (origin, connection) => {
      if (settings.noReuse) {
        drop(connection);
        return;
      }
      const list = idle.get(origin) ?? [];
      list.push(connection);
      idle.set(origin, list);
    },
    discard: drop,
    closeIdle,
    close: () => {
      idle.clear();
      for (const connection of all) drop(connection);
    },
  };
}

function createConnection(origin: string, settings: ConnectionSettings): Connection {
  let times: ConnectionTimes | null = null;
  const client = new Client(origin, {
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MAX_RESPONSE_HEADERS,
    connect: createConnector({
      insecureSkipTlsVerify: settings.insecureSkipTlsVerify,
      onSocket: settings.onSocket,
      onConnected: (made) => {
        times = made;
      },
    }),
  });
  return {
    client,
    takeTimes: () => {
      const taken = times;
      times = null;
      return taken;
    },
  };
}
