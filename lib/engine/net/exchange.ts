import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Milliseconds } from '../../shared/units.ts';
import { now } from '../timing.ts';
import type { ConnectionTimes } from './connector.ts';
import { readHeaders } from './headers.ts';
import type { RequestTarget } from './redirect.ts';

/** The times of a request, k6's `timings`. `duration` = sending + waiting + receiving. */
export interface Timings {
  readonly blocked: Milliseconds;
  readonly connecting: Milliseconds;
  readonly tls_handshaking: Milliseconds;
  readonly sending: Milliseconds;
  readonly waiting: Milliseconds;
  readonly receiving: Milliseconds;
  readonly duration: Milliseconds;
}

export interface ExchangeResult {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** null when all went well; then `status` is 0. */
  readonly error: Error | null;
  readonly timings: Timings;
}

/** The last connection made for an exchange, if any: filled by the pool's connector. */
export interface ConnectionLog {
  times: ConnectionTimes | null;
  socket: Socket | null;
}

/** One request and its whole response, with the times of its parts. Never rejects. */
export class Exchange implements Dispatcher.DispatchHandlers {
  readonly #connections: ConnectionLog;
  readonly #resolve: (result: ExchangeResult) => void;
  readonly #chunks: Buffer[] = [];
  readonly #started = now();
  #abort: ((error?: Error) => void) | null = null;
  #aborted: Error | null = null;
  #dispatched: Milliseconds | null = null;
  #sent: Milliseconds | null = null;
  #firstByte: Milliseconds | null = null;
  #connection: ConnectionTimes | null = null;
  #status = 0;
  #statusText = '';
  #headers: Record<string, string> = {};
  #over = false;

  constructor(connections: ConnectionLog, resolve: (result: ExchangeResult) => void) {
    this.#connections = connections;
    this.#resolve = resolve;
  }

  /** Ends the exchange with `error`. */
  abort(error: Error): void {
    this.#aborted = error;
    this.#abort?.(error);
    this.#settle(error);
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#aborted) {
      abort(this.#aborted);
      return;
    }
    this.#dispatched = now();
    const { times } = this.#connections;
    // A connection made before this request began was made for another one.
    if (times && times.start >= this.#started) {
      this.#connection = times;
      this.#connections.times = null;
    }
  }

  onRequestSent(): void {
    this.#sent = now();
  }

  onResponseStarted(): void {
    this.#firstByte ??= now();
  }

  onHeaders(status: number, raw: Buffer[], _resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    this.#firstByte ??= now();
    this.#status = status;
    this.#statusText = `${status} ${statusText}`.trim();
    this.#headers = readHeaders(raw);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    this.#settle(null);
  }

  onError(error: Error): void {
    this.#settle(error);
  }

  #settle(error: Error | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#resolve({
      status: error ? 0 : this.#status,
      statusText: error ? '' : this.#statusText,
      headers: error ? {} : this.#headers,
      body: Buffer.concat(this.#chunks),
      error,
      timings: this.#timings(now()),
    });
  }

  #timings(done: Milliseconds): Timings {
    const gotConnection = this.#dispatched;
    const connection = this.#connection;
    const sending = gotConnection !== null && this.#sent !== null ? this.#sent - gotConnection : 0;
    const waiting = this.#sent === null ? 0 : Math.max((this.#firstByte ?? done) - this.#sent, 0);
    const receiving = this.#firstByte === null ? 0 : done - this.#firstByte;
    return {
      blocked: gotConnection === null ? 0 : gotConnection - this.#started,
      connecting: connection ? connection.connected - connection.start : 0,
      tls_handshaking: connection ? connection.secured - connection.connected : 0,
      sending,
      waiting,
      receiving,
      duration: sending + waiting + receiving,
    };
  }
}

/** The request as undici takes it. */
export function toDispatchOptions(target: RequestTarget): Dispatcher.DispatchOptions {
  const { origin, pathname, search } = new URL(target.url);
  return {
    origin,
    path: pathname + search,
    method: target.method as Dispatcher.HttpMethod,
    headers: target.headers,
    body: target.body,
  };
}
