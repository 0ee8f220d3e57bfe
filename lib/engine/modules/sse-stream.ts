import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, type Gunzip, constants as zlib } from 'node:zlib';
import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';
import { Client, type Dispatcher } from 'undici';
import type { Milliseconds } from '../../shared/units.ts';
import type { Metric } from '../metrics/metric.ts';
import type { TagSet } from '../metrics/tag-set.ts';
import { createConnector } from '../net/connector.ts';
import { type Endpoints, inRequest, toGoError } from '../net/go-errors.ts';
import { readHeaders } from '../net/headers.ts';
import { MOST_REDIRECTS, nextTarget, type RequestTarget } from '../net/redirect.ts';
import { now } from '../timing.ts';
import type { Metadata, Vu } from '../vu/vu.ts';
import { createSseClient, SseHandlers, toSseError } from './sse-client.ts';
import type { SseRequest } from './sse-request.ts';

/** What `sse.open` resolves to. After an error before the response: status 0 and the error's text. */
export interface SseResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
}

/** Go's texts for a timeout. */
const TIMEOUT_TEXTS = {
  headers: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  body: 'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
} as const;

/**
 * One call of `sse.open`: its own connection, its handlers, its samples.
 *
 * The order is xk6-sse's: response headers, setup function, `open`, events; an error after that goes to the `error`
 * handler. Unlike there, the call returns after a read error even when the handler does not close.
 */
export class SseStream implements Dispatcher.DispatchHandlers {
  readonly #vu: Vu;
  readonly #request: SseRequest;
  readonly #events: Metric;
  readonly #resolve: (response: SseResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #handlers = new SseHandlers();
  readonly #decoder = new StringDecoder('utf8');
  readonly #parser: EventSourceParser;
  #tags: TagSet;
  #metadata: Metadata | null;
  #target: RequestTarget;
  #redirects = 0;
  #client: Client | null = null;
  #socket: Socket | null = null;
  #endpoints: Endpoints | null = null;
  #gunzip: Gunzip | null = null;
  #response: SseResponse | null = null;
  #timer: NodeJS.Timeout | null = null;
  #started: Milliseconds = 0;
  #headersAfter: Milliseconds = 0;
  /** The stream is over: nothing is handed over any more. */
  #over = false;
  #redirecting = false;

  constructor(
    vu: Vu,
    request: SseRequest,
    events: Metric,
    resolve: (response: SseResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#vu = vu;
    this.#request = request;
    this.#events = events;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#target = { ...request, body: request.body === '' ? null : request.body };
    this.#tags = vu.tags.with({ ...request.tags, ...(vu.has('url') ? { url: request.url } : {}) });
    this.#metadata = vu.metadata;
    this.#parser = createParser({
      onEvent: ({ id, event, data }) => this.#handOver(id ?? '', event ?? '', '', data),
      onComment: (comment) => this.#handOver('', '', comment, ''),
      onRetry: () => this.#handOver('', '', '', ''),
      onError: (error) => this.#onParseError(error),
    });
  }

  start(): void {
    this.#started = now();
    const { timeout } = this.#request;
    if (timeout > 0) this.#timer = setTimeout(() => this.#onTimeout(), timeout);
    this.#send();
  }

  /** Ends everything without a word: the VU was interrupted. */
  drop(): void {
    this.#over = true;
    this.#release();
  }

  // The handlers of undici, in the order in which they are called.

  onConnect(abort: (error?: Error) => void): void {
    if (this.#over) abort();
  }

  onHeaders(status: number, raw: Buffer[]): boolean {
    if (this.#over || this.#redirecting || status < 200) return true;
    const headers = readHeaders(raw);
    const next = this.#nextTarget(status, headers['Location']);
    if (next) {
      this.#redirect(next);
      return true;
    }
    if (this.#over) return true;
    this.#onResponse(status, headers);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#over || this.#redirecting) return true;
    if (this.#gunzip) this.#gunzip.write(chunk);
    else this.#feed(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#over || !this.#response) return;
    if (this.#gunzip) this.#gunzip.end();
    else this.#finish();
  }

  onError(error: Error): void {
    if (!this.#over && !this.#redirecting) this.#fail(error);
  }

  #send(): void {
    const { url, method, headers, body } = this.#target;
    let origin: URL;
    try {
      if (this.#request.problem !== null) throw new Error(this.#request.problem);
      origin = new URL(url);
      if (!/^https?:$/.test(origin.protocol))
        throw new Error(`unsupported protocol scheme "${origin.protocol.slice(0, -1)}"`);
      this.#client = this.#createClient(origin.origin);
      this.#client.dispatch(
        { path: origin.pathname + origin.search, method: method as Dispatcher.HttpMethod, headers, body },
        this,
      );
    } catch (error) {
      this.#failBeforeResponse((error as Error).message);
    }
  }

  #createClient(origin: string): Client {
    return new Client(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: createConnector({
        insecureSkipTlsVerify: this.#vu.run.settings.insecureSkipTlsVerify,
        onSocket: (socket) => {
          this.#socket = socket;
          this.#vu.meter.watch(socket);
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

  #nextTarget(status: number, location: string | undefined): RequestTarget | null {
    try {
      const next = nextTarget(this.#target, status, location);
      if (next && this.#redirects === MOST_REDIRECTS) throw new Error(`stopped after ${MOST_REDIRECTS} redirects`);
      return next;
    } catch (error) {
      this.#failBeforeResponse((error as Error).message);
      return null;
    }
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

  #onResponse(status: number, headers: Record<string, string>): void {
    this.#headersAfter = now() - this.#started;
    if (this.#vu.has('status')) this.#tags = this.#tags.with({ status: String(status) });
    if (this.#request.inflate && headers['Content-Encoding'] === 'gzip') this.#inflate(headers);
    this.#response = { url: this.#request.url, status, headers, error: '' };
    const { httpReqSending } = this.#vu.run.builtin;
    this.#vu.record(httpReqSending, this.#headersAfter, this.#tags, this.#metadata);
    this.#callScript(() => {
      this.#request.setup(createSseClient(this.#handlers, () => this.#finish()));
      if (!this.#over) this.#handlers.emit('open');
    });
  }

  #inflate(headers: Record<string, string>): void {
    delete headers['Content-Encoding'];
    delete headers['Content-Length'];
    const gunzip = createGunzip({ flush: zlib.Z_SYNC_FLUSH, finishFlush: zlib.Z_SYNC_FLUSH });
    gunzip.on('data', (chunk: Buffer) => this.#feed(chunk));
    gunzip.on('end', () => this.#finish());
    gunzip.on('error', (error) => this.#fail(error));
    this.#gunzip = gunzip;
  }

  #feed(chunk: Buffer): void {
    if (this.#over) return;
    // Written out, without a closure a chunk: this and the parser's callback are the path of every event.
    try {
      this.#parser.feed(this.#decoder.write(chunk));
    } catch (error) {
      this.#throwOut(error);
    }
  }

  #handOver(id: string, name: string, comment: string, data: string): void {
    if (this.#over) return;
    // The handler first: it takes the time of the event.
    this.#handlers.onEvent?.({ id, name, comment, data });
    this.#vu.record(this.#events, 1, this.#tags, this.#metadata);
  }

  #onParseError(error: ParseError): void {
    if (this.#over || error.type !== 'unknown-field') return;
    this.#handlers.emit('error', toSseError(`unknown event: ${error.line}\n`));
  }

  #onTimeout(): void {
    if (this.#over) return;
    if (this.#response) this.#failInBody(TIMEOUT_TEXTS.body);
    else this.#failBeforeResponse(TIMEOUT_TEXTS.headers);
  }

  #fail(error: Error): void {
    const stage = this.#response ? 'body' : 'headers';
    const { long } = toGoError(error, stage, this.#endpoints);
    if (this.#response) this.#failInBody(long);
    else this.#failBeforeResponse(long);
  }

  #failBeforeResponse(text: string): void {
    this.#headersAfter = now() - this.#started;
    this.#vu.record(this.#vu.run.builtin.httpReqSending, this.#headersAfter, this.#tags, this.#metadata);
    const error = inRequest(this.#target.method, this.#target.url, text);
    this.#end();
    if (this.#vu.run.settings.throwErrors) this.#reject(new Error(error));
    else this.#resolve({ url: '', status: 0, headers: {}, error });
  }

  #failInBody(text: string): void {
    this.#callScript(() => this.#handlers.emit('error', toSseError(text)));
    this.#finish();
  }

  /** Runs a handler; what it throws comes out of `sse.open`. */
  #callScript(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#throwOut(error);
    }
  }

  #throwOut(error: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#reject(error);
  }

  #finish(): void {
    if (this.#over || !this.#response) return;
    this.#end();
    this.#resolve(this.#response);
  }

  /** Ends the stream and records the samples of the request; xk6-sse records `http_req_sending` twice. */
  #end(): void {
    const { httpReqs, httpReqSending, httpReqDuration } = this.#vu.run.builtin;
    this.#vu.record(httpReqs, 1, this.#tags, this.#metadata);
    this.#vu.record(httpReqSending, this.#headersAfter, this.#tags, this.#metadata);
    this.#vu.record(httpReqDuration, now() - this.#started, this.#tags, this.#metadata);
    this.#over = true;
    this.#release();
  }

  #release(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#gunzip?.destroy();
    this.#socket?.destroy();
    void this.#client?.destroy();
  }
}
