import type { Milliseconds } from '../../shared/units.ts';
import { type Connections, createConnections } from '../net/connections.ts';
import { decodeBody } from '../net/decode-body.ts';
import { type GoError, inRequest, type RequestStage, toGoError } from '../net/go-errors.ts';
import { nextTarget, type RequestTarget } from '../net/redirect.ts';
import { RoundTrip, type RoundTripResult, type Timings } from '../net/round-trip.ts';
import { now } from '../timing.ts';
import type { Vu } from '../vu/vu.ts';
import { type HttpRequest, InvalidRequest, readHttpRequest } from './http-request.ts';
import { HttpResponse } from './http-response.ts';
import { recordHttpSamples } from './http-samples.ts';

type Call = (...args: readonly unknown[]) => Promise<HttpResponse>;

/** `k6/http` for one VU. Every function returns a promise, where k6 blocks. Connections stay open between requests. */
export function createHttpModule(vu: Vu) {
  const client = createClient(vu);
  const withoutBody =
    (method: string): Call =>
    (url, params) =>
      client(method, url, null, params);
  const withBody =
    (method: string): Call =>
    (url, body, params) =>
      client(method, url, body, params);
  const request: Call = (method, url, body, params) => client(String(method), url, body, params);
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

type Client = (method: string, url: unknown, body: unknown, params: unknown) => Promise<HttpResponse>;

function createClient(vu: Vu): Client {
  let connections: Connections | null = null;
  return async (method, url, body, params) => {
    vu.refuseInInit('Making http requests in the init context is not supported');
    let request: HttpRequest;
    try {
      request = readHttpRequest(method, url, body, params, vu.run.settings);
    } catch (error) {
      if (!(error instanceof InvalidRequest) || vu.run.settings.throw) throw error;
      vu.run.log.warn(`Request Failed: ${error.message}`);
      return failedResponse(String(url), { code: error.code, short: error.message, long: error.message });
    }
    connections ??= openConnections(vu);
    return send(vu, connections, request);
  };
}

function openConnections(vu: Vu): Connections {
  const { insecureSkipTLSVerify, noConnectionReuse } = vu.run.settings;
  const connections = createConnections({
    insecureSkipTLSVerify,
    noReuse: noConnectionReuse,
    proxyFor: vu.run.proxyFor,
    onSocket: (socket) => vu.meter.watch(socket),
  });
  vu.cleanups.push(() => connections.close());
  return connections;
}

/** Sends a request and the redirects after it; one deadline for all of them. */
async function send(vu: Vu, connections: Connections, request: HttpRequest): Promise<HttpResponse> {
  const deadline = now() + request.timeout;
  const context = { tags: vu.tags, metadata: vu.metadata, userTags: request.tags };
  let target: RequestTarget = request;
  for (let hop = 0; ; hop++) {
    const result = await roundTripOrRepeat(vu, connections, target, deadline);
    const failure = result.error ? describe(result.error, result.stage) : null;
    recordHttpSamples(vu, context, target, result, failure);
    if (failure) return fail(vu, request, target, failure, result);
    if (hop >= request.redirects) return toResponse(vu, request, target, result);
    const next = followRedirect(target, result);
    if (next instanceof Error) return fail(vu, request, target, describe(next, 'headers'), result);
    if (!next) return toResponse(vu, request, target, result);
    target = next;
  }
}

function followRedirect(target: RequestTarget, { status, headers }: RoundTripResult): RequestTarget | Error | null {
  try {
    return nextTarget(target, status, headers['Location']);
  } catch (error) {
    return error as Error;
  }
}

class RequestTimeout extends Error {}

/** As Go's client: a request that may be repeated is, once, when a kept connection turns out to be closed. */
async function roundTripOrRepeat(
  vu: Vu,
  connections: Connections,
  target: RequestTarget,
  deadline: Milliseconds,
): Promise<RoundTripResult> {
  const result = await roundTrip(vu, connections, target, deadline);
  const stale = result.error !== null && result.stage === 'headers' && result.reused;
  if (!stale || result.error instanceof RequestTimeout || !REPEATABLE.has(target.method)) return result;
  return roundTrip(vu, connections, target, deadline);
}

const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

function roundTrip(
  vu: Vu,
  connections: Connections,
  target: RequestTarget,
  deadline: Milliseconds,
): Promise<RoundTripResult> {
  return vu.wait((resolve) => {
    const running = new RoundTrip(connections, (result) => {
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

function describe(error: Error, stage: RequestStage): GoError {
  if (error instanceof RequestTimeout) return { code: 1050, short: 'request timeout', long: 'request timeout' };
  return toGoError(error, stage, null);
}

function fail(
  vu: Vu,
  request: HttpRequest,
  target: RequestTarget,
  failure: GoError,
  result: RoundTripResult,
): HttpResponse {
  // Go frames what fails before the response is there; reading the body afterwards is another step.
  const text = result.stage === 'body' ? failure.long : inRequest(target.method, target.url, failure.long);
  if (request.throwErrors) throw new Error(text);
  vu.run.log.warn(`Request Failed: ${text}`);
  // k6 keeps what came of a body that was cut.
  const body = result.stage === 'body' ? toBody(result.body, request.responseType) : null;
  return failedResponse(target.url, failure, result.timings, body);
}

function failedResponse(
  url: string,
  failure: GoError,
  timings: Timings = NO_TIMINGS,
  body: string | ArrayBuffer | null = null,
): HttpResponse {
  return new HttpResponse({
    url,
    status: 0,
    statusText: '',
    headers: {},
    body,
    timings,
    error: failure.short,
    errorCode: failure.code,
  });
}

const NO_TIMINGS: Timings = {
  blocked: 0,
  connecting: 0,
  tls_handshaking: 0,
  sending: 0,
  waiting: 0,
  receiving: 0,
  duration: 0,
};

function toResponse(vu: Vu, request: HttpRequest, target: RequestTarget, result: RoundTripResult): HttpResponse {
  let bytes: Buffer;
  try {
    bytes = decodeBody(result.body, result.headers['Content-Encoding']);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const text = code === 'Z_BUF_ERROR' ? 'unexpected EOF' : `error decompressing response body (${message})`;
    return fail(vu, request, target, { code: code === 'Z_BUF_ERROR' ? 1000 : 1701, short: text, long: text }, result);
  }
  return new HttpResponse({
    url: target.url,
    status: result.status,
    statusText: result.statusText,
    headers: result.headers,
    body: toBody(bytes, request.responseType),
    timings: result.timings,
    error: '',
    errorCode: result.status >= 400 ? 1000 + result.status : 0,
  });
}

function toBody(bytes: Buffer, type: HttpRequest['responseType']): string | ArrayBuffer | null {
  if (type === 'none') return null;
  if (type === 'text') return bytes.toString('utf8');
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}
