import { Agent } from 'undici';
import { createConnector } from '../net/connector.ts';
import { decodeBody } from '../net/decode-body.ts';
import { type ConnectionLog, Exchange, type ExchangeResult, toDispatchOptions } from '../net/exchange.ts';
import { type GoError, inRequest, toGoError } from '../net/go-errors.ts';
import { nextTarget, type RequestTarget } from '../net/redirect.ts';
import type { Vu } from '../vu/vu.ts';
import { type HttpRequest, InvalidRequest, readHttpRequest } from './http-request.ts';
import { HttpResponse } from './http-response.ts';
import { recordHttpSamples } from './http-samples.ts';
import { refuseInInit } from './init-guard.ts';
import type { HttpFunction } from './module-table.ts';
import { strictObject } from './strict-object.ts';

type Call = (...args: readonly unknown[]) => Promise<HttpResponse>;

/** `k6/http` for one VU. Every function returns a promise, where k6 blocks. Connections stay open between requests. */
export function createHttpModule(vu: Vu): Record<HttpFunction, Call> {
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
  return strictObject('k6/http', {
    get: withoutBody('GET'),
    head: withoutBody('HEAD'),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: withBody('PATCH'),
    del: withBody('DELETE'),
    options: withBody('OPTIONS'),
    request,
    asyncRequest: request,
  });
}

type Client = (method: string, url: unknown, body: unknown, params: unknown) => Promise<HttpResponse>;

function createClient(vu: Vu): Client {
  let transport: Transport | null = null;
  return async (method, url, body, params) => {
    refuseInInit(vu, 'Making http requests in the init context is not supported');
    let request: HttpRequest;
    try {
      request = readHttpRequest(method, url, body, params, vu.run.settings);
    } catch (error) {
      if (!(error instanceof InvalidRequest) || vu.run.settings.throwErrors) throw error;
      vu.run.log.warn(`Request Failed: ${error.message}`);
      return failedResponse(String(url), { code: error.code, short: error.message, long: error.message });
    }
    transport ??= createTransport(vu);
    return send(vu, transport, request);
  };
}

interface Transport {
  readonly agent: Agent;
  readonly connections: ConnectionLog;
}

function createTransport(vu: Vu): Transport {
  const { insecureSkipTlsVerify, noConnectionReuse } = vu.run.settings;
  const connections: ConnectionLog = { times: null, socket: null };
  const agent = new Agent({
    pipelining: noConnectionReuse ? 0 : 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector({
      insecureSkipTlsVerify,
      onSocket: (socket) => {
        connections.socket = socket;
        vu.meter.watch(socket);
      },
      onConnected: (times) => {
        connections.times = times;
      },
    }),
  });
  vu.cleanups.push(() => void agent.destroy());
  return { agent, connections };
}

/** Sends a request and the redirects after it; one deadline for all of them. */
async function send(vu: Vu, transport: Transport, request: HttpRequest): Promise<HttpResponse> {
  const deadline = performance.now() + request.timeout;
  const context = { tags: vu.tags, metadata: vu.metadata, userTags: request.tags };
  let target: RequestTarget = request;
  for (let hop = 0; ; hop++) {
    const result = await exchange(vu, transport, target, Math.max(deadline - performance.now(), 0));
    const failure = result.error ? describe(result.error) : null;
    recordHttpSamples(vu, context, target, result, failure);
    if (failure) return fail(vu, request, target, failure, result);
    const next = hop < request.redirects ? nextTarget(target, result.status, result.headers['Location']) : null;
    if (!next) return toResponse(vu, request, target, result);
    target = next;
  }
}

class RequestTimeout extends Error {}

function exchange(vu: Vu, transport: Transport, target: RequestTarget, timeout: number): Promise<ExchangeResult> {
  return vu.wait((resolve) => {
    const running = new Exchange(transport.connections, (result) => {
      clearTimeout(timer);
      resolve(result);
    });
    const timer = setTimeout(() => running.abort(new RequestTimeout()), timeout);
    transport.agent.dispatch(toDispatchOptions(target), running);
    return () => {
      clearTimeout(timer);
      running.abort(new Error('interrupted'));
    };
  });
}

function describe(error: Error): GoError {
  if (error instanceof RequestTimeout) return { code: 1050, short: 'request timeout', long: 'request timeout' };
  return toGoError(error, 'headers', null);
}

function fail(
  vu: Vu,
  request: HttpRequest,
  target: RequestTarget,
  failure: GoError,
  result: ExchangeResult,
): HttpResponse {
  const text = inRequest(target.method, target.url, failure.long);
  if (request.throwErrors) throw new Error(text);
  vu.run.log.warn(`Request Failed: ${text}`);
  return failedResponse(target.url, failure, result);
}

function failedResponse(url: string, failure: GoError, result?: ExchangeResult): HttpResponse {
  return new HttpResponse({
    url,
    status: 0,
    statusText: '',
    headers: {},
    body: null,
    timings: result?.timings ?? NO_TIMINGS,
    error: failure.short,
    errorCode: failure.code,
  });
}

const NO_TIMINGS = { blocked: 0, connecting: 0, tls_handshaking: 0, sending: 0, waiting: 0, receiving: 0, duration: 0 };

function toResponse(vu: Vu, request: HttpRequest, target: RequestTarget, result: ExchangeResult): HttpResponse {
  let bytes: Buffer;
  try {
    bytes = decodeBody(result.body, result.headers['Content-Encoding']);
  } catch (error) {
    const text = `error decompressing response body (${(error as Error).message})`;
    return fail(vu, request, target, { code: 1701, short: text, long: text }, result);
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
