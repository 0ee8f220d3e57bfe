import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Milliseconds } from '../../shared/units.ts';
import { now } from '../timing.ts';

/** k6's limit for making a connection. */
const DIAL_TIMEOUT = 30_000;

/** When the steps of a connection were done, in the engine's clock. */
export interface ConnectionTimes {
  readonly start: Milliseconds;
  readonly connected: Milliseconds;
  /** Equal to `connected` without TLS. */
  readonly secured: Milliseconds;
}

export interface ConnectorOptions {
  readonly insecureSkipTlsVerify: boolean;
  /** Called as soon as there is a socket, before it is connected. */
  onSocket(socket: Socket): void;
  onConnected?(times: ConnectionTimes): void;
}

/** Makes connections for undici, HTTP/1.1 only, and says how long each step took. */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  return (target, callback) => {
    const start = now();
    const secure = target.protocol === 'https:';
    const port = Number(target.port || (secure ? 443 : 80));
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const socket: Socket = secure
      ? connectTls({
          host,
          port,
          // A server name that is an address is not allowed (RFC 6066).
          servername: isIP(host) ? '' : (target.servername ?? host),
          ALPNProtocols: ['http/1.1'],
          rejectUnauthorized: !options.insecureSkipTlsVerify,
        })
      : connectTcp({ host, port });
    socket.setNoDelay(true);
    options.onSocket(socket);
    let connected = start;
    const timer = setTimeout(() => socket.destroy(new DialTimeout()), DIAL_TIMEOUT);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      callback(error, null);
    };
    const failWhenClosed = (): void => fail(new Error('the connection was closed while it was made'));
    socket.once('error', fail);
    socket.once('close', failWhenClosed);
    socket.once('connect', () => {
      connected = now();
    });
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      socket.off('close', failWhenClosed);
      options.onConnected?.({ start, connected, secured: secure ? now() : connected });
      callback(null, socket);
    });
  };
}

/** Go's `i/o timeout` of a dial. */
export class DialTimeout extends Error {
  override readonly name = 'DialTimeout';
}
