import type { Socket } from 'node:net';
import { createGunzip, type Gunzip, constants as zlib } from 'node:zlib';
import { Client, type Dispatcher } from 'undici';
import { createConnector } from './connector.ts';
import { type Endpoints, inRequest, MAX_RESPONSE_HEADERS, toGoError } from './go-errors.ts';
import { readHeaders } from './headers.ts';
import { MOST_REDIRECTS, nextTarget, type RequestTarget } from './redirect.ts';

export interface StreamRequestSettings {
  readonly insecureSkipTlsVerify: boolean;
  /** Undo gzip of the response, and hide that it was there, as Go does when it asked for gzip itself. */
  readonly inflate: boolean;
  onSocket(socket: Socket): void;
}

/** What becomes of a request whose response is read as it comes. After `onEnd` or `onFailure` nothing follows. */
export interface StreamListener {
  onResponse(status: number, headers: Readonly<Record<string, string>>): void;
  onChunk(chunk: Buffer): void;
  onEnd(): void;
  /** @param text Go's; with the method and URL in front when there was no response yet */
  onFailure(text: string): void;
}

/** One request on a connection of its own, HTTP/1.1, redirects followed. Nothing is called any more after `close`. */
export class StreamRequest implements Dispatcher.DispatchHandlers {
  readonly #settings: StreamRequestSettings;
  readonly #listener: StreamListener;
  #target: RequestTarget;
  #redirects = 0;
  #client: Client | null = null;
  #socket: Socket | null = null;
  #endpoints: Endpoints | null = null;
  #gunzip: Gunzip | null = null;
  #responded = false;
  #redirecting = false;
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

  close(): void {
    this.#over = true;
    this.#gunzip?.destroy();
    this.#socket?.destroy();
    void this.#client?.destroy();
  }

  // What undici calls, in this order.

  onConnect(abort: (error?: Error) => void): void {
    if (this.#over) abort();
  }

  onHeaders(status: number, raw: Buffer[]): boolean {
    if (this.#ignored() || status < 200) return true;
    const headers = readHeaders(raw);
    try {
      const next = nextTarget(this.#target, status, headers['Location']);
      if (next && this.#redirects === MOST_REDIRECTS) throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
      if (next) this.#redirect(next);
      else this.#respond(status, headers);
    } catch (error) {
      this.#fail((error as Error).message);
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#ignored()) return true;
    if (this.#gunzip) this.#gunzip.write(chunk);
    else this.#listener.onChunk(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#ignored()) return;
    if (this.#gunzip) this.#gunzip.end();
    else this.#listener.onEnd();
  }

  onError(error: Error): void {
    if (this.#ignored()) return;
    this.#fail(toGoError(error, this.#responded ? 'body' : 'headers', this.#endpoints).long);
  }

  #ignored(): boolean {
    return this.#over || this.#redirecting;
  }

  #fail(text: string): void {
    const { method, url } = this.#target;
    this.#listener.onFailure(this.#responded ? text : inRequest(method, url, text));
  }

  #send(): void {
    const { url, method, headers, body } = this.#target;
    try {
      const { origin, protocol, pathname, search } = new URL(url);
      if (protocol !== 'http:' && protocol !== 'https:') {
        throw new Error(`unsupported protocol scheme "${protocol.slice(0, -1)}"`);
      }
      this.#client = this.#createClient(origin);
      this.#client.dispatch({ path: pathname + search, method: method as Dispatcher.HttpMethod, headers, body }, this);
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #createClient(origin: string): Client {
    return new Client(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_RESPONSE_HEADERS,
      connect: createConnector({
        insecureSkipTlsVerify: this.#settings.insecureSkipTlsVerify,
        onSocket: (socket) => {
          this.#socket = socket;
          this.#settings.onSocket(socket);
        },
        onConnected: () => {
          const socket = this.#socket!;
          this.#endpoints = {
            local: `${socket.localAddress}:${socket.localPort}`,
            remote: `${socket.remoteAddress}:${socket.remotePort}`,
          };
        },
      }),
    });
  }

  #redirect(next: RequestTarget): void {
    this.#redirects++;
    this.#target = next;
    const client = this.#client;
    this.#client = null;
    // The old connection goes first, and what it still says counts for nothing.
    this.#redirecting = true;
    void client?.destroy().then(() => {
      this.#redirecting = false;
      if (!this.#over) this.#send();
    });
  }

  #respond(status: number, headers: Record<string, string>): void {
    this.#responded = true;
    if (this.#settings.inflate && headers['Content-Encoding'] === 'gzip') this.#inflate(headers);
    this.#listener.onResponse(status, headers);
  }

  #inflate(headers: Record<string, string>): void {
    delete headers['Content-Encoding'];
    delete headers['Content-Length'];
    const gunzip = createGunzip({ flush: zlib.Z_SYNC_FLUSH, finishFlush: zlib.Z_SYNC_FLUSH });
    gunzip.on('data', (chunk: Buffer) => {
      if (!this.#over) this.#listener.onChunk(chunk);
    });
    gunzip.on('end', () => {
      if (!this.#over) this.#listener.onEnd();
    });
    gunzip.on('error', (error) => this.fail(error.message));
    this.#gunzip = gunzip;
  }
}
