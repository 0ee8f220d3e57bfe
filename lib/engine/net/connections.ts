import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
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
  close(): void;
}

export interface ConnectionSettings {
  readonly insecureSkipTLSVerify: boolean;
  /** Every request gets a new connection. */
  readonly noReuse: boolean;
  readonly proxyFor: ChooseProxy;
  onSocket(socket: Socket): void;
}

export function createConnections(settings: ConnectionSettings): Connections {
  const pools = new Map<string, Agent>();
  const times = new WeakMap<Socket, ConnectionTimes>();
  const poolOf = (url: URL, proxy: URL | null): Agent => {
    const pool = pools.get(url.origin) ?? new Pool(url, proxy, settings, times);
    pools.set(url.origin, pool);
    return pool;
  };
  const close = (): void => {
    for (const pool of pools.values()) pool.destroy();
    pools.clear();
  };
  return {
    open: (target) => {
      const url = new URL(target.url);
      const proxy = settings.proxyFor(url);
      return openRequest(target, proxy, { agent: poolOf(url, proxy) });
    },
    takeTimes: (socket) => {
      const taken = times.get(socket) ?? null;
      times.delete(socket);
      return taken;
    },
    close,
  };
}

/** The connections to one origin. */
class Pool extends Agent {
  readonly #url: URL;
  readonly #proxy: URL | null;
  readonly #settings: ConnectionSettings;
  readonly #times: WeakMap<Socket, ConnectionTimes>;

  constructor(url: URL, proxy: URL | null, settings: ConnectionSettings, times: WeakMap<Socket, ConnectionTimes>) {
    super({ keepAlive: !settings.noReuse, maxSockets: Number.POSITIVE_INFINITY, scheduling: 'lifo' });
    this.#url = url;
    this.#proxy = proxy;
    this.#settings = settings;
    this.#times = times;
  }

  override createConnection(_options: unknown, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    const { insecureSkipTLSVerify, onSocket } = this.#settings;
    openConnection(
      this.#url,
      this.#proxy,
      { insecureSkipTLSVerify, onSocket, onConnected: (socket, times) => this.#times.set(socket, times) },
      (error, socket) => callback?.(error, socket as Socket),
    );
  }
}
