import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';
import type { Milliseconds } from '../../shared/units.ts';
import type { Metric } from '../metrics/metric.ts';
import type { TagSet } from '../metrics/tag-set.ts';
import type { Connections } from '../net/connections.ts';
import { type StreamListener, StreamRequest } from '../net/stream-request.ts';
import { LONGEST_TIMER, now } from '../timing.ts';
import type { Metadata, Vu } from '../vu/vu.ts';
import { createSseClient, type SseEvent, SseHandlers, toSseError } from './sse-client.ts';
import type { SseRequest } from './sse-request.ts';

/**
 * What `sse.open` resolves to. After an error before the response: status 0 and the error's text. `url` is that of the
 * last redirect; xk6-sse gives the first one.
 */
export interface SseResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
  /** What follows the last line feed of a refusal. xk6-sse drops it, and with it the whole body of most refusals. */
  readonly rest?: string;
  /** The content encoding that was undone; empty for none. xk6-sse does not say. */
  readonly inflated?: string;
  /** What connecting took: DNS, TCP, a proxy's tunnel, TLS; 0 on a kept connection, null without one. xk6-sse does not say. */
  readonly connectMs?: Milliseconds | null;
  /** When the stream was over, on the clock of `currentTestRunDuration`: the VU's turn may come later. */
  readonly endMs?: Milliseconds;
}

/** More of a refusal is not kept. */
const MAX_REFUSAL = 65_536;

/** More than this without an event is not a stream, and would fill the memory. */
const MOST_PENDING = 134_217_728;

/** Go's texts for a timeout. */
const TIMEOUT_IN_HEADERS = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const TIMEOUT_IN_BODY = 'context deadline exceeded (Client.Timeout or context cancellation while reading body)';

/** A request, and the connections that it may keep. */
type KeptRequest = SseRequest & { readonly kept: Connections | null };

/**
 * One call of `sse.open`: its request, its handlers, its samples.
 *
 * The order is xk6-sse's: response headers, setup function, `open`, events; an error after that goes to the `error`
 * handler. Unlike there, the call returns after a read error even when the handler does not close.
 */
export class SseStream implements StreamListener {
  readonly #vu: Vu;
  readonly #request: KeptRequest;
  readonly #events: Metric;
  readonly #resolve: (response: SseResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #handlers = new SseHandlers();
  readonly #decoder = new StringDecoder('utf8');
  readonly #parser: EventSourceParser;
  readonly #transport: StreamRequest;
  readonly #metadata: Metadata | null;
  #tags: TagSet;
  #response: SseResponse | null = null;
  /** The body of a refusal so far; null for an answer that is none. */
  #refusal: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #silenceTimer: NodeJS.Timeout | null = null;
  #started: Milliseconds = 0;
  #lastEvent: Milliseconds = 0;
  /** When the bytes came that are being read. */
  #chunkAt: Milliseconds = 0;
  #headersAfter: Milliseconds = 0;
  /** Characters since the last event. */
  #pending = 0;
  /** The stream is over: nothing is handed over any more. */
  #over = false;

  constructor(
    vu: Vu,
    request: KeptRequest,
    events: Metric,
    resolve: (response: SseResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#vu = vu;
    this.#request = request;
    this.#events = events;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#tags = vu.tags.with({ ...request.tags, ...(vu.has('url') ? { url: request.url } : {}) });
    this.#metadata = vu.metadata;
    this.#parser = createParser({
      onEvent: ({ id, event, data }) => this.#handOver(id ?? '', event ?? '', '', data),
      onComment: (comment) => this.#handOver('', '', comment, ''),
      onRetry: () => this.#handOver('', '', '', ''),
      onError: (error) => this.#onParseError(error),
    });
    const settings = {
      insecureSkipTLSVerify: vu.run.settings.insecureSkipTLSVerify,
      inflate: request.inflate,
      connectTimeout: request.connectTimeout,
      kept: request.kept,
      proxyFor: vu.run.proxyFor,
      onSocket: vu.meter.watch,
    };
    this.#transport = new StreamRequest({ ...request, body: request.body || null }, settings, this);
  }

  start(): void {
    this.#started = now();
    this.#lastEvent = this.#started;
    const { timeout, readTimeout, problem } = this.#request;
    if (readTimeout > 0) this.#watchSilence(readTimeout);
    if (timeout > 0) {
      this.#timer = setTimeout(
        () => this.#transport.fail(this.#transport.responded ? TIMEOUT_IN_BODY : TIMEOUT_IN_HEADERS),
        Math.min(timeout, LONGEST_TIMER),
      );
    }
    this.#transport.start(problem);
  }

  /** A timer that is set again only when it fires: events are too many to move it each time. */
  #watchSilence(limit: Milliseconds): void {
    const left = this.#lastEvent + limit - now();
    this.#silenceTimer = setTimeout(
      () => {
        const silence = now() - this.#lastEvent;
        if (silence < limit) this.#watchSilence(limit);
        else this.#transport.fail(`read timeout: no event for ${Math.round(silence)} ms`);
      },
      Math.min(Math.max(left, 1), LONGEST_TIMER),
    );
  }

  /** Ends everything without a word: the VU was interrupted. */
  drop(): void {
    this.#stop();
    this.#transport.close();
  }

  #stop(): void {
    this.#over = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#silenceTimer) clearTimeout(this.#silenceTimer);
  }

  onResponse(url: string, status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#vu.has('status')) this.#tags = this.#tags.with({ status: String(status) });
    this.#response = { url, status, headers, error: '' };
    if (status >= 400) this.#refusal = '';
    this.#recordHeaders();
    this.#callScript(() => {
      this.#request.setup(createSseClient(this.#handlers, (leaves) => this.#end(leaves === true)));
      if (!this.#over) this.#handlers.emit('open');
    });
  }

  onChunk(chunk: Buffer): void {
    const { run } = this.#vu;
    this.#chunkAt = now();
    run.moment = this.#chunkAt;
    // Without a closure a chunk: this and the parser's callback are the path of every event.
    try {
      const text = this.#decoder.write(chunk);
      if (this.#refusal !== null && this.#refusal.length < MAX_REFUSAL) this.#refusal += text;
      this.#pending += text.length;
      this.#parser.feed(text);
      if (this.#pending > MOST_PENDING) this.#transport.fail('malformed stream: more than 128 MB without an event');
    } catch (error) {
      this.#throwOut(error);
    } finally {
      run.moment = null;
    }
  }

  onEnd(): void {
    this.#end(false);
  }

  /** @param leaves whether the connection is closed, whatever is still to come */
  #end(leaves: boolean): void {
    const response = this.#response;
    if (this.#over || !response) return;
    const { run } = this.#vu;
    const endMs = run.elapsed();
    this.#finish();
    const rest = this.#refusal?.slice(this.#refusal.lastIndexOf('\n') + 1);
    const { inflated, connectMs } = this.#transport;
    const result = { ...response, ...(rest ? { rest } : {}), inflated, connectMs, endMs };
    const resolve = (): void => run.turns.take(() => this.#resolve(result));
    if (!leaves) {
      this.#transport.release(resolve);
      return;
    }
    this.#transport.close();
    resolve();
  }

  onFailure(text: string): void {
    if (this.#response) {
      this.#callScript(() => this.#handlers.emit('error', toSseError(text)));
      this.onEnd();
      return;
    }
    const { connectMs } = this.#transport;
    this.#recordHeaders();
    this.#finish();
    this.#transport.close();
    if (this.#vu.run.settings.throw) this.#reject(new Error(text));
    else this.#resolve({ url: '', status: 0, headers: {}, error: text, connectMs });
  }

  #handOver(id: string, name: string, comment: string, data: string): void {
    if (this.#over) return;
    this.#handlers.onEvent?.({ id, name, comment, data } satisfies SseEvent);
    this.#lastEvent = this.#chunkAt;
    this.#pending = 0;
    this.#vu.record(this.#events, 1, this.#tags, this.#metadata);
  }

  #onParseError(error: ParseError): void {
    if (this.#over || error.type !== 'unknown-field') return;
    this.#handlers.emit('error', toSseError(`unknown event: ${error.line}\n`));
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
    this.#finish();
    this.#transport.close();
    this.#reject(error);
  }

  #recordHeaders(): void {
    this.#headersAfter = now() - this.#started;
    this.#vu.record(this.#vu.run.builtin.http_req_sending, this.#headersAfter, this.#tags, this.#metadata);
  }

  /** Ends the stream and records the samples of the request; xk6-sse records `http_req_sending` twice. */
  #finish(): void {
    const { builtin } = this.#vu.run;
    this.#vu.record(builtin.http_reqs, 1, this.#tags, this.#metadata);
    this.#vu.record(builtin.http_req_sending, this.#headersAfter, this.#tags, this.#metadata);
    this.#vu.record(builtin.http_req_duration, now() - this.#started, this.#tags, this.#metadata);
    this.#stop();
  }
}
