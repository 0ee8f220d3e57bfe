import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Transform } from 'node:stream';
import type { Milliseconds } from '../../shared/units.ts';
import { openConnection } from './connector.ts';
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
  readonly proxyFor: ChooseProxy;
  onSocket(socket: Socket): void;
}

/** What becomes of a request whose response is read as it comes. After `onEnd` or `onFailure` nothing follows. */
export interface StreamListener {
  /** @param url that of the request, or that of the last redirect */
  onResponse(url: string, status: number, headers: Readonly<Record<string, string>>): void;
  onChunk(chunk: Buffer): void;
  onEnd(): void;
  /** @param text Go's; with the method and URL in front when there was no response yet */
  onFailure(text: string): void;
}

/**
 * One request on a connection of its own, HTTP/1.1, redirects within its origin followed. Nothing is called any more after
 * `close`.
 */
export class StreamRequest {
  readonly #settings: StreamRequestSettings;
  readonly #listener: StreamListener;
  #target: RequestTarget;
  #redirects = 0;
  #request: ClientRequest | null = null;
  #giveUp: (() => void) | null = null;
  #endpoints: Endpoints | null = null;
  #decoder: Transform | null = null;
  #inflated = '';
  /** What ended the connection of a body that ends with it. */
  #endedBy: Error | null = null;
  #responded = false;
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

  close(): void {
    this.#over = true;
    this.#decoder?.destroy();
    this.#dropConnection();
  }

  #dropConnection(): void {
    this.#giveUp?.();
    this.#request?.destroy();
  }

  #fail(text: string): void {
    const { method, url } = this.#target;
    this.#listener.onFailure(this.#responded ? text : inRequest(method, url, text));
  }

  #failWith(error: Error): void {
    if (!this.#over) this.#fail(toGoError(error, this.#responded ? 'body' : 'headers', this.#endpoints).long);
  }

  #send(): void {
    const { insecureSkipTLSVerify, connectTimeout, proxyFor, onSocket } = this.#settings;
    try {
      const url = new URL(this.#target.url);
      const proxy = proxyFor(url);
      const request = openRequest(this.#target, proxy, {
        createConnection: (_, callback) => {
          const options = {
            insecureSkipTLSVerify,
            dialTimeout: connectTimeout,
            onSocket,
            onConnected: (socket: Socket) => {
              this.#endpoints = {
                local: `${socket.localAddress}:${socket.localPort}`,
                remote: `${socket.remoteAddress}:${socket.remotePort}`,
              };
            },
          };
          this.#giveUp = openConnection(url, proxy, options, (error, socket) => callback(error, socket as Socket));
          return undefined;
        },
      });
      this.#request = request;
      const isCurrent = (): boolean => !this.#over && this.#request === request;
      followRequest(request, {
        onError: (error) => void (isCurrent() && this.#failWith(error)),
        onResponse: (response, connectionError) => void (isCurrent() && this.#onHead(response, connectionError)),
        onUpgrade: () => void (isCurrent() && this.#listener.onEnd()),
      });
      request.end(this.#target.body ?? undefined);
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #onHead(response: IncomingMessage, connectionError: () => Error | null): void {
    const status = response.statusCode ?? 0;
    const headers = readHeaders(response.rawHeaders);
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
