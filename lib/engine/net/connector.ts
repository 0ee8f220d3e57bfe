import { request } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Milliseconds } from '../../shared/units.ts';
import { now } from '../timing.ts';
import { bareHost } from './proxy.ts';

/** k6's limit for making a connection. */
const DIAL_TIMEOUT = 30_000;

/** When the steps of a connection were done, in the engine's clock: name, TCP and a proxy's tunnel, TLS. */
export interface ConnectionTimes {
  readonly start: Milliseconds;
  readonly connected: Milliseconds;
  /** Equal to `connected` without TLS. */
  readonly secured: Milliseconds;
}

export interface ConnectorOptions {
  readonly insecureSkipTLSVerify: boolean;
  /** The longest wait for a connection; k6's 30 s bound it in any case. */
  readonly dialTimeout?: Milliseconds | undefined;
  /** Called as soon as there is a socket, before it is connected. */
  onSocket(socket: Socket): void;
  onConnected?(socket: Socket, times: ConnectionTimes): void;
}

/** Called once. */
type Connected = (error: Error | null, socket: Socket | null) => void;

/**
 * Makes a connection to the host of a URL, TLS included, HTTP/1.1 only, and says how long each step took. Over a proxy an
 * `https:` URL goes through a tunnel, of which the proxy learns host and port alone; an `http:` URL ends at the proxy.
 *
 * @returns gives up
 */
export function openConnection(
  url: URL,
  proxy: URL | null,
  options: ConnectorOptions,
  callback: Connected,
): () => void {
  const start = now();
  let over = false;
  let latest: Socket | null = null;
  const settle = (error: Error | null, socket: Socket | null): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    if (error !== null) latest?.destroy();
    callback(error, socket);
  };
  const fail = (error: Error): void => settle(error, null);
  const timer = setTimeout(() => fail(new DialTimeout()), Math.min(options.dialTimeout ?? DIAL_TIMEOUT, DIAL_TIMEOUT));
  const follow = (socket: Socket): Socket => {
    latest = socket;
    socket.on('error', fail);
    socket.once('close', () => fail(new Error('EOF')));
    return socket;
  };
  const secure = (host: string, over: Socket, next: (socket: Socket) => void): void => {
    const socket = follow(
      connectTls({
        socket: over,
        // A server name that is an address is not allowed (RFC 6066).
        servername: isIP(host) ? '' : host,
        host,
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: !options.insecureSkipTLSVerify,
      }),
    );
    socket.once('secureConnect', () => next(socket));
  };
  const throughProxy = (error: Error): void => fail(new ProxyConnectError(error));

  const end = proxy ?? url;
  if (end.protocol !== 'http:' && end.protocol !== 'https:') {
    queueMicrotask(() => throughProxy(new Error(`the Node engine has no ${end.protocol.slice(0, -1)} proxies`)));
    return () => settle(null, null);
  }
  const tcp = connectTcp({ host: bareHost(end), port: portOf(end) });
  latest = tcp;
  tcp.setNoDelay(true);
  options.onSocket(tcp);
  let reached = proxy === null;
  tcp.on('error', (error) => (reached ? fail(error) : throughProxy(error)));
  tcp.once('close', () => fail(new Error('EOF')));
  tcp.once('connect', () => {
    const connected = now();
    reached = true;
    const finish = (socket: Socket): void => {
      options.onConnected?.(socket, { start, connected, secured: socket === tcp ? connected : now() });
      settle(null, socket);
    };
    const toTarget = (socket: Socket): void => {
      if (url.protocol === 'https:') secure(bareHost(url), socket, finish);
      else finish(socket);
    };
    const toProxy = (socket: Socket): void => {
      if (proxy === null || url.protocol === 'http:') toTarget(socket);
      else openTunnel(socket, url, proxy, fail, toTarget);
    };
    if (proxy?.protocol === 'https:') secure(bareHost(proxy), tcp, toProxy);
    else toProxy(tcp);
  });
  return () => {
    over = true;
    clearTimeout(timer);
    latest?.destroy();
    tcp.destroy();
  };
}

/** Asks a proxy to connect to the host of `url`; it gets no header of the request that follows. */
function openTunnel(
  socket: Socket,
  url: URL,
  proxy: URL,
  fail: (error: Error) => void,
  next: (socket: Socket) => void,
): void {
  const target = `${url.hostname}:${portOf(url)}`;
  const asking = request({
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...proxyCredentials(proxy) },
    createConnection: () => socket,
  });
  asking.once('error', fail);
  asking.once('connect', ({ statusCode, statusMessage }, tunnel: Socket) => {
    if (statusCode === 200) next(tunnel);
    else fail(new Error(statusMessage || 'unknown status code'));
  });
  asking.end();
}

/** What a proxy's URL says about the user. */
export function proxyCredentials(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {};
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

/** Go's `i/o timeout` of a dial. */
export class DialTimeout extends Error {
  override readonly name = 'DialTimeout';
}

/** The proxy itself cannot be reached. */
export class ProxyConnectError extends Error {
  override readonly name = 'ProxyConnectError';
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.cause = cause;
  }
}
