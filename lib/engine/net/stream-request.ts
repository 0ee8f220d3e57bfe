import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Transform } from 'node:stream';
import type { Milliseconds } from '../../shared/units.ts';
import { now } from '../timing.ts';
import type { Connections } from './connections.ts';
import { type ConnectionTimes, openConnection } from './connector.ts';
import { createDecoder, describeDecodeError } from './decode.ts';
import { type Endpoints, inRequest, toGoError } from './go-errors.ts';
import { readHeaders } from './headers.ts';
import { endsWithConnection, followRequest, openRequest } from './open-request.ts';
import type { ChooseProxy } from './proxy.ts';
import { MOST_REDIRECTS, nextTarget, type RequestTarget } from './redirect.ts';

export interface StreamRequestSettings {
  readonly insecureSkipTLSVerify: boolean;
  /** The engine asked for gzip itself: that the response is compressed is hidden, as Go does. */
  readonly inflate: boolean;
  readonly connectTimeout: Milliseconds | undefined;
  /** Where a request takes its connection from, and gives it back to; null: it makes its own, and closes it. */
  readonly kept: Connections | null;
  readonly proxyFor: ChooseProxy;
  onSocket(socket: Socket): void;
}

/** What happens to a request whose response is read as it comes. After `onEnd` or `onFailure` nothing follows. */
export interface StreamListener {
  /** @param url that of the request, or that of the last redirect */
  onResponse(url: string, status: number, headers: Readonly<Record<string, string>>): void;
  onChunk(chunk: Buffer): void;
  onEnd(): void;
  /** @param text Go's; with the method and URL in front when there was no response yet */
  onFailure(text: string): void;
}

/**
 * How long a kept connection is waited for after the script has closed its stream: what follows an end mark is the end of
 * the body, in the same packet or the next one.
 */
const LONGEST_DRAIN: Milliseconds = 250;

/**
 * A kept connection that the server closes within this time of a request was being closed before: its end was on the way. Later
 * the server may have worked on the request, which must not be sent a second time, as Go does not send a POST again.
 */
const LONGEST_CLOSING: Milliseconds = 100;

/**
 * One request on a connection of its own, or on a kept one, HTTP/1.1, redirects within its origin followed. Nothing is
 * called any more after `close`.
 */
export class StreamRequest {
  readonly #settings: StreamRequestSettings;
  readonly #listener: StreamListener;
  #target: RequestTarget;
  #redirects = 0;
  #request: ClientRequest | null = null;
  #giveUp: (() => void) | null = null;
  #endpoints: Endpoints | null = null;
  #response: IncomingMessage | null = null;
  #connectMs: Milliseconds | null = null;
  #drainTimer: NodeJS.Timeout | null = null;
  #decoder: Transform | null = null;
  #inflated = '';
  /** What ended the connection of a body that ends with it. */
  #endedBy: Error | null = null;
  #responded = false;
  #failed = false;
  #over = false;

  constructor(target: RequestTarget, settings: StreamRequestSettings, listener: StreamListener) {
    this.#target = target;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** @param problem why the request cannot be sent, when that is known before */
  start(problem: string | null): void {
    if (problem === null) this.#send();
    else this.#fail(problem);
  }

  /** Fails the request from outside: a timeout. */
  fail(text: string): void {
    if (!this.#over) this.#fail(text);
  }

  get responded(): boolean {
    return this.#responded;
  }

  /** The content encoding that was undone; empty for none. */
  get inflated(): string {
    return this.#inflated;
  }

  /** What connecting took, that of redirects added; 0 on a kept connection, null before there is one. */
  get connectMs(): Milliseconds | null {
    return this.#connectMs;
  }

  close(): void {
    this.#over = true;
    if (this.#drainTimer) clearTimeout(this.#drainTimer);
    this.#decoder?.destroy();
    this.#dropConnection();
  }

  /**
   * As `close`; a kept connection is given back when the rest of the body has come, or closed when it does not come. Where the
   * last one did not come, that is not waited for.
   *
   * @param done called once
   */
  release(done: () => void): void {
    const response = this.#response;
    const { kept } = this.#settings;
    const isFree = response === null || this.#failed || response.readableEnded || response.destroyed;
    if (kept === null || isFree) {
      this.close();
      done();
      return;
    }
    this.#over = true;
    this.#decoder?.destroy();
    const isAwaited = kept.endsBodies;
    const finish = (hasEnded: boolean): void => {
      if (this.#drainTimer === null) return;
      kept.endsBodies = hasEnded;
      this.close();
      this.#drainTimer = null;
      if (isAwaited) done();
    };
    this.#drainTimer = setTimeout(finish, LONGEST_DRAIN, false);
    response.once('end', () => finish(true));
    response.once('error', () => finish(false));
    response.resume();
    if (!isAwaited) done();
  }

  #dropConnection(): void {
    this.#giveUp?.();
    this.#request?.destroy();
  }

  #fail(text: string): void {
    this.#failed = true;
    const { method, url } = this.#target;
    this.#listener.onFailure(this.#responded ? text : inRequest(method, url, text));
  }

  #failWith(error: Error): void {
    if (!this.#over) this.#fail(toGoError(error, this.#responded ? 'body' : 'headers', this.#endpoints).long);
  }

  #send(): void {
    const { kept } = this.#settings;
    try {
      const request = kept === null ? this.#openOnOwn() : kept.open(this.#target);
      this.#request = request;
      let receivedBefore = 0;
      let sentAt = 0;
      if (kept !== null) {
        request.once('socket', (socket) => {
          receivedBefore = socket.bytesRead;
          sentAt = now();
          this.#onConnected(socket, kept.takeTimes(socket));
        });
      }
      const isCurrent = (): boolean => !this.#over && this.#request === request;
      followRequest(request, {
        onError: (error) => {
          if (!isCurrent()) return;
          // The server had closed the connection, or was about to: nobody has answered, so another one is asked.
          const isUnanswered = request.reusedSocket && request.socket?.bytesRead === receivedBefore;
          if (isUnanswered && now() - sentAt < LONGEST_CLOSING) this.#send();
          else this.#failWith(error);
        },
        onResponse: (response, connectionError) => void (isCurrent() && this.#onHead(response, connectionError)),
        onUpgrade: () => void (isCurrent() && this.#listener.onEnd()),
      });
      request.end(this.#target.body ?? undefined);
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  /** On a connection that is closed after it. */
  #openOnOwn(): ClientRequest {
    const { insecureSkipTLSVerify, connectTimeout, proxyFor, onSocket } = this.#settings;
    const url = new URL(this.#target.url);
    const proxy = proxyFor(url);
    const options = {
      insecureSkipTLSVerify,
      dialTimeout: connectTimeout,
      onSocket,
      onConnected: (socket: Socket, times: ConnectionTimes) => this.#onConnected(socket, times),
    };
    return openRequest(this.#target, proxy, {
      createConnection: (_, callback) => {
        this.#giveUp = openConnection(url, proxy, options, (error, socket) => callback(error, socket as Socket));
        return undefined;
      },
    });
  }

  /** @param times null: the connection was there before */
  #onConnected(socket: Socket, times: ConnectionTimes | null): void {
    this.#connectMs = (this.#connectMs ?? 0) + (times === null ? 0 : times.secured - times.start);
    this.#endpoints = {
      local: `${socket.localAddress}:${socket.localPort}`,
      remote: `${socket.remoteAddress}:${socket.remotePort}`,
    };
  }

  #onHead(response: IncomingMessage, connectionError: () => Error | null): void {
    const status = response.statusCode ?? 0;
    const headers = readHeaders(response.rawHeaders);
    this.#response = response;
    try {
      const next = nextTarget(this.#target, status, headers['Location']);
      if (next && this.#redirects === MOST_REDIRECTS) throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
      if (next) {
        this.#redirect(next);
        return;
      }
    } catch (error) {
      this.#fail((error as Error).message);
      return;
    }
    const encoding = headers['Content-Encoding'];
    this.#respond(status, headers);
    if (!this.#over) this.#read(response, encoding, connectionError);
  }

  #read(response: IncomingMessage, encoding: string | undefined, connectionError: () => Error | null): void {
    response.once('data', (chunk: Buffer) => {
      if (encoding !== undefined) this.#decoder = this.#createDecoder(encoding, chunk);
    });
    response.on('data', (chunk: Buffer) => {
      if (this.#over) return;
      const decoder = this.#decoder;
      if (decoder === null) this.#listener.onChunk(chunk);
      else if (!decoder.write(chunk)) {
        response.pause();
        decoder.once('drain', () => response.resume());
      }
    });
    response.on('end', () => {
      if (this.#over) return;
      if (endsWithConnection(response)) this.#endedBy = connectionError();
      if (this.#decoder) this.#decoder.end();
      else this.#end();
    });
    response.on('error', (error) => this.#failWith(connectionError() ?? error));
  }

  #end(): void {
    if (this.#over) return;
    if (this.#endedBy === null) this.#listener.onEnd();
    else this.#failWith(this.#endedBy);
  }

  #redirect(next: RequestTarget): void {
    this.#redirects++;
    this.#target = next;
    // The old connection goes first, and what it still says counts for nothing.
    this.#dropConnection();
    this.#send();
  }

  #respond(status: number, headers: Record<string, string>): void {
    this.#responded = true;
    if (this.#settings.inflate && headers['Content-Encoding'] === 'gzip') {
      delete headers['Content-Encoding'];
      delete headers['Content-Length'];
    }
    this.#listener.onResponse(this.#target.url, status, headers);
  }

  #createDecoder(encoding: string, first: Buffer): Transform | null {
    const decoder = createDecoder(encoding, first);
    if (decoder === null) return null;
    this.#inflated = encoding;
    decoder.on('data', (chunk: Buffer) => {
      if (!this.#over) this.#listener.onChunk(chunk);
    });
    decoder.on('end', () => this.#end());
    decoder.on('error', (error) => {
      if (this.#endedBy === null) this.fail(describeDecodeError(encoding, error));
      else this.#end();
    });
    return decoder;
  }
}
