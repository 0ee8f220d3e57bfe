import type { Milliseconds } from '../../shared/units.ts';
import { type Connections, createConnections } from '../net/connections.ts';
import { decodeBody } from '../net/decode.ts';
import { type GoError, inRequest, type RequestStage, toGoError } from '../net/go-errors.ts';
import { nextTarget, type RequestTarget } from '../net/redirect.ts';
import { RoundTrip, type RoundTripResult } from '../net/round-trip.ts';
import { now } from '../timing.ts';
import { toArrayBuffer } from '../vu/open-file.ts';
import type { Vu } from '../vu/vu.ts';
import { type HttpRequest, readHttpRequest, refuseParams } from './http-request.ts';
import { HttpResponse } from './http-response.ts';
import { recordHttpSamples } from './http-samples.ts';

type Call = (...args: readonly unknown[]) => Promise<HttpResponse>;

/** `k6/http` for one VU. Every function returns a promise, where k6 blocks. Connections stay open between requests. */
export function createHttpModule(vu: Vu) {
  const client = new HttpClient(vu);
  const withoutBody =
    (method: string): Call =>
    (url, params) =>
      client.request(method, url, null, params);
  const withBody =
    (method: string): Call =>
    (url, body, params) =>
      client.request(method, url, body, params);
  const request: Call = (method, url, body, params) => client.request(String(method), url, body, params);
  return {
    get: withoutBody('GET'),
    head: withoutBody('HEAD'),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH'),
    del: withBody('DELETE'),
    options: withBody('OPTIONS'),
    request,
    asyncRequest: request,
  } satisfies Partial<Record<keyof typeof import('k6/http'), Call>>;
}

class RequestTimeout extends Error {}

const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

class HttpClient {
  readonly #vu: Vu;
  #open: Connections | null = null;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  async request(method: string, url: unknown, body: unknown, params: unknown): Promise<HttpResponse> {
    const { settings, log } = this.#vu.run;
    this.#vu.refuseInInit('Making http requests in the init context is not supported');
    refuseParams(params);
    let request: HttpRequest;
    try {
      request = readHttpRequest(method, url, body, params, settings);
    } catch (error) {
      const { message } = error as Error;
      if (settings.throw) throw error;
      log.warn(`Request Failed: ${message}`);
      return new HttpResponse({
        url: String(url),
        error: message,
        error_code: message === 'invalid URL' ? 1020 : 1000,
      });
    }
    return this.#send(request);
  }

  get #connections(): Connections {
    if (this.#open) return this.#open;
    const { insecureSkipTLSVerify, noConnectionReuse } = this.#vu.run.settings;
    const connections = createConnections({
      insecureSkipTLSVerify,
      noReuse: noConnectionReuse,
      proxyFor: this.#vu.run.proxyFor,
      onSocket: this.#vu.meter.watch,
    });
    this.#vu.cleanups.push(() => connections.close());
    this.#open = connections;
    return connections;
  }

  /** Sends a request and the redirects after it; one deadline for all of them. */
  async #send(request: HttpRequest): Promise<HttpResponse> {
    const vu = this.#vu;
    const deadline = now() + request.timeout;
    const context = { tags: vu.tags, metadata: vu.metadata, userTags: request.tags };
    let target: RequestTarget = request;
    for (let hop = 0; ; hop++) {
      const result = await this.#roundTripOrRepeat(target, deadline);
      const failure = result.error ? describe(result.error, result.stage) : null;
      recordHttpSamples(vu, context, target, result, failure);
      if (failure) return this.#fail(request, target, failure, result);
      try {
        const next = hop < request.redirects ? nextTarget(target, result.status, result.headers['Location']) : null;
        if (!next) return this.#toResponse(request, target, result);
        target = next;
      } catch (error) {
        return this.#fail(request, target, describe(error as Error, 'headers'), result);
      }
    }
  }

  /** As Go's client: a request that may be repeated is, once, when a kept connection turns out to be closed. */
  async #roundTripOrRepeat(target: RequestTarget, deadline: Milliseconds): Promise<RoundTripResult> {
    const result = await this.#roundTrip(target, deadline);
    const stale = result.error !== null && result.stage === 'headers' && result.reused;
    if (!stale || result.error instanceof RequestTimeout || !REPEATABLE.has(target.method)) return result;
    return this.#roundTrip(target, deadline);
  }

  #roundTrip(target: RequestTarget, deadline: Milliseconds): Promise<RoundTripResult> {
    return this.#vu.wait((resolve) => {
      const running = new RoundTrip(this.#connections, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      const timer = setTimeout(() => running.abort(new RequestTimeout()), Math.max(deadline - now(), 0));
      running.start(target);
      return () => {
        clearTimeout(timer);
        running.abort(new Error('interrupted'));
      };
    });
  }

  #fail(request: HttpRequest, { method, url }: RequestTarget, failure: GoError, result: RoundTripResult): HttpResponse {
    const isCut = result.stage === 'body';
    // Go frames what fails before the response is there; reading the body afterwards is another step.
    const text = isCut ? failure.long : inRequest(method, url, failure.long);
    if (request.throwErrors) throw new Error(text);
    this.#vu.run.log.warn(`Request Failed: ${text}`);
    return new HttpResponse({
      url,
      // k6 keeps what came of a body that was cut.
      body: isCut ? toBody(result.body, request.responseType) : null,
      timings: result.timings,
      error: failure.short,
      error_code: failure.code,
    });
  }

  #toResponse(request: HttpRequest, target: RequestTarget, result: RoundTripResult): HttpResponse {
    let bytes: Buffer;
    try {
      bytes = decodeBody(result.body, result.headers['Content-Encoding']);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isShort = code === 'Z_BUF_ERROR';
      const text = isShort ? 'unexpected EOF' : `error decompressing response body (${message})`;
      return this.#fail(request, target, { code: isShort ? 1000 : 1701, short: text, long: text }, result);
    }
    return new HttpResponse({
      url: target.url,
      status: result.status,
      status_text: result.statusText,
      headers: { ...result.headers },
      body: toBody(bytes, request.responseType),
      timings: result.timings,
      error_code: result.status >= 400 ? 1000 + result.status : 0,
    });
  }
}

function describe(error: Error, stage: RequestStage): GoError {
  if (error instanceof RequestTimeout) return { code: 1050, short: 'request timeout', long: 'request timeout' };
  return toGoError(error, stage, null);
}

function toBody(bytes: Buffer, type: HttpRequest['responseType']): string | ArrayBuffer | null {
  if (type === 'none') return null;
  return type === 'text' ? bytes.toString('utf8') : toArrayBuffer(bytes);
}
