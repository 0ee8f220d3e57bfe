import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Milliseconds } from '../../shared/units.ts';
import { type ConnectionTimes, openConnection } from './connector.ts';
import { openRequest } from './open-request.ts';
import type { ChooseProxy } from './proxy.ts';
import type { RequestTarget } from './redirect.ts';

/** The connections of a VU to all servers. A request takes a free one or makes another, and gives it back. */
export interface Connections {
  /** @throws {Error} for a URL, method or header that cannot be sent */
  open(target: RequestTarget): ClientRequest;
  /** The times of a connection, once, to the request that made it; null for a reused one. */
  takeTimes(socket: Socket): ConnectionTimes | null;
  /** Whether the last body ended soon after its end mark, so that the next one is waited for. */
  endsBodies: boolean;
  close(): void;
}

export interface ConnectionSettings {
  readonly insecureSkipTLSVerify: boolean;
  /** Every request gets a new connection. */
  readonly noReuse: boolean;
  readonly proxyFor: ChooseProxy;
  /** The longest wait for a connection; absent: k6's. */
  readonly dialTimeout?: Milliseconds | undefined;
  onSocket(socket: Socket): void;
}

export function createConnections(settings: ConnectionSettings): Connections {
  /** By origin. */
  const pools = new Map<string, Agent>();
  const times = new WeakMap<Socket, ConnectionTimes>();
  const createPool = (url: URL, proxy: URL | null): Agent => {
    const { insecureSkipTLSVerify, noReuse, dialTimeout, onSocket } = settings;
    const options = {
      insecureSkipTLSVerify,
      dialTimeout,
      onSocket,
      onConnected: (socket: Socket, taken: ConnectionTimes) => void times.set(socket, taken),
    };
    const pool = new Agent({ keepAlive: !noReuse, maxSockets: Number.POSITIVE_INFINITY, scheduling: 'lifo' });
    pool.createConnection = (_options, callback) => {
      openConnection(url, proxy, options, (error, socket) => callback?.(error, socket as Socket));
      return undefined;
    };
    return pool;
  };
  return {
    open: (target) => {
      const url = new URL(target.url);
      const proxy = settings.proxyFor(url);
      const agent = pools.get(url.origin) ?? createPool(url, proxy);
      pools.set(url.origin, agent);
      return openRequest(target, proxy, { agent });
    },
    takeTimes: (socket) => {
      const taken = times.get(socket) ?? null;
      times.delete(socket);
      return taken;
    },
    endsBodies: true,
    close: () => {
      for (const pool of pools.values()) pool.destroy();
      pools.clear();
    },
  };
}
