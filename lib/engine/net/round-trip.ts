import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Milliseconds } from '../../shared/units.ts';
import { now } from '../timing.ts';
import type { Connections } from './connections.ts';
import type { ConnectionTimes } from './connector.ts';
import { MOST_BODY } from './decode.ts';
import type { RequestStage } from './go-errors.ts';
import { readHeaders } from './headers.ts';
import { endsWithConnection, followRequest } from './open-request.ts';
import type { RequestTarget } from './redirect.ts';

/** The times of a request, k6's `timings`. `duration` = sending + waiting + receiving. */
export interface Timings {
  readonly duration: Milliseconds;
  readonly blocked: Milliseconds;
  readonly connecting: Milliseconds;
  readonly tls_handshaking: Milliseconds;
  readonly sending: Milliseconds;
  readonly waiting: Milliseconds;
  readonly receiving: Milliseconds;
}

export interface RoundTripResult {
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
export class RoundTrip {
  readonly #connections: Connections;
  readonly #resolve: (result: RoundTripResult) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  readonly #started = now();
  #request: ClientRequest | null = null;
  #dispatched: Milliseconds | null = null;
  #sent: Milliseconds | null = null;
  #firstByte: Milliseconds | null = null;
  #connection: ConnectionTimes | null = null;
  #status = 0;
  #statusText = '';
  #headers: Record<string, string> = {};
  #over = false;

  constructor(connections: Connections, resolve: (result: RoundTripResult) => void) {
    this.#connections = connections;
    this.#resolve = resolve;
  }

  start(target: RequestTarget): void {
    try {
      const request = this.#connections.open(target);
      this.#request = request;
      request.on('socket', (socket) => this.#onSocket(socket));
      request.on('finish', () => {
        this.#sent ??= now();
      });
      request.on('information', () => {
        this.#firstByte ??= now();
      });
      followRequest(request, {
        onError: (error) => this.#settle(error),
        onResponse: (response, connectionError) => this.#onResponse(response, connectionError),
        onUpgrade: () => this.#settle(null),
      });
      request.end(target.body ?? undefined);
    } catch (error) {
      this.#settle(error as Error);
    }
  }

  /** Ends it with `error`. */
  abort(error: Error): void {
    this.#settle(error);
    this.#request?.destroy();
  }

  #onSocket(socket: Socket): void {
    this.#dispatched = now();
    this.#connection = this.#connections.takeTimes(socket);
  }

  #onResponse(response: IncomingMessage, connectionError: () => Error | null): void {
    this.#firstByte ??= now();
    this.#status = response.statusCode ?? 0;
    this.#statusText = `${this.#status} ${response.statusMessage ?? ''}`.trim();
    this.#headers = readHeaders(response.rawHeaders);
    response.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      if (this.#size > MOST_BODY) this.abort(new Error('malformed body: more than 128 MB'));
    });
    response.on('end', () => this.#settle(endsWithConnection(response) ? connectionError() : null));
    response.on('error', (error) => {
      // What follows a whole response does not belong to it.
      const isWhole = response.complete && !endsWithConnection(response);
      this.#settle(isWhole ? null : (connectionError() ?? error));
    });
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
    // A server may answer before it has read everything.
    const sent = this.#sent === null ? null : Math.min(this.#sent, this.#firstByte ?? done);
    const sending = gotConnection !== null && sent !== null ? sent - gotConnection : 0;
    const waiting = sent === null ? 0 : (this.#firstByte ?? done) - sent;
    const receiving = this.#firstByte === null ? 0 : done - this.#firstByte;
    return {
      duration: sending + waiting + receiving,
      blocked: gotConnection === null ? 0 : gotConnection - this.#started,
      connecting: connection ? connection.connected - connection.start : 0,
      tls_handshaking: connection ? connection.secured - connection.connected : 0,
      sending,
      waiting,
      receiving,
    };
  }
}
