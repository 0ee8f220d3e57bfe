import type { Dispatcher } from 'undici';
import type { Milliseconds } from '../../shared/units.ts';
import { now } from '../timing.ts';
import type { ConnectionTimes } from './connector.ts';
import type { RequestStage } from './go-errors.ts';
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
  /** null when all went well; otherwise `status` is 0. */
  readonly error: Error | null;
  /** How far the response came. */
  readonly stage: RequestStage;
  /** The request went out on a connection that was there before. */
  readonly reused: boolean;
  readonly timings: Timings;
}

/** One request and its whole response, with the times of its parts. Never rejects. */
export class Exchange implements Dispatcher.DispatchHandlers {
  readonly #connectionTimes: () => ConnectionTimes | null;
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

  /** @param connectionTimes the times of the connection when this request made it, null when it was there */
  constructor(connectionTimes: () => ConnectionTimes | null, resolve: (result: ExchangeResult) => void) {
    this.#connectionTimes = connectionTimes;
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
    this.#connection = this.#connectionTimes();
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
      stage: this.#status === 0 ? 'headers' : 'body',
      reused: this.#dispatched !== null && this.#connection === null,
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
