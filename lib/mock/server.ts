import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { ConfigError } from '../shared/errors.ts';
import { ownValue } from '../shared/own-value.ts';
import { showValue } from '../shared/show-word.ts';
import { answer } from './answer.ts';
import { hasKey } from './answer-request.ts';
import { APIS } from './apis/apis.ts';
import { openAiError } from './apis/openai-error.ts';
import { type Call, createCall } from './call.ts';
import { now } from './clock.ts';
import { DEFAULT_OPTIONS, type MockOptions } from './knobs.ts';
import { createMockMetrics, type MockMetrics } from './metrics-page.ts';
import type { MockApi } from './mock-api.ts';
import { applyMockHeaders } from './options.ts';
import { createPause, type Pause } from './pause.ts';
import { createQueue, type Queue } from './queue.ts';
import { errorReply, sendReply } from './reply.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createTimingsLog, type TimingsLog } from './timings-log.ts';
import { loadCounter } from './token-counter.ts';

/** A running mock. */
export interface MockServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Ends all streams where they are and frees the port. */
  close(): Promise<void>;
}

interface MockState {
  readonly options: MockOptions;
  readonly scheduler: Scheduler;
  readonly pause: Pause;
  readonly log: TimingsLog;
  readonly metrics: MockMetrics;
  readonly queue: Queue;
  /** Completion requests since the last reset; the next one's index. */
  requests: number;
  /** Completion requests in work. */
  active: number;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Starts the mock; resolves when it takes connections.
 *
 * @param options what differs from the defaults; port 0 takes a free port
 * @throws {ConfigError} when host or port cannot be had
 */
export async function startMockServer(options: Partial<MockOptions> = {}): Promise<MockServer> {
  const all = { ...DEFAULT_OPTIONS, ...options };
  await loadCounter(all.tokenizer);
  const state: MockState = {
    options: all,
    scheduler: createScheduler(all.spin),
    pause: createPause(all),
    log: createTimingsLog(),
    metrics: createMockMetrics(),
    queue: createQueue(all.maxRunning),
    requests: 0,
    active: 0,
  };
  const { host, port } = state.options;
  const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (request, response) => {
    route(state, request, response);
  });
  server.listen({ host, port, backlog: 4096 });
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw cannotListen(host, port, error);
  });
  const bound = (server.address() as AddressInfo).port;
  let closing: Promise<void> | null = null;
  return {
    url: `http://${reachableHost(host)}:${bound}`,
    port: bound,
    close() {
      closing ??= new Promise((resolve) => {
        state.scheduler.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closing;
    },
  };
}

function route(state: MockState, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://mock');
  const api = APIS.find(({ path, pattern }) => path === url.pathname || pattern?.test(url.pathname) === true);
  if (api !== undefined && request.method === 'POST') {
    openAnswer(state, request, response, url, api);
    return;
  }
  request.resume();
  const handle = ownValue(ROUTES, `${request.method} ${url.pathname}`) ?? sendUnknown;
  handle(state, request, response, url);
}

function openAnswer(
  state: MockState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  api: MockApi,
): void {
  const timing = state.log.open(state.requests++, url.pathname, now(), request.headers);
  state.pause.see(timing.arrival_ms);
  state.active++;
  response.once('close', () => {
    state.active--;
    state.metrics.end(timing);
    state.queue.leave(timing);
  });
  const call = createCall(request, response, url, api, timing, state);
  readBody(request, (text) => {
    try {
      const options = applyMockHeaders(state.options, request.headers);
      if (text === null) sendReply(call, options, errorReply(api, options, 413, { message: 'The body is too long' }));
      else state.queue.enter(timing, () => work(state, call, options, text));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      sendReply(call, state.options, errorReply(api, state.options, 400, { message: error.message }));
    }
  });
}

function work(state: MockState, call: Call, options: MockOptions, text: string): void {
  const { timing } = call;
  answer(call, options, text, () => 1 + options.slowdown * (state.active - 1));
  const { prompt_tokens: tokens } = timing;
  if (tokens !== null) state.metrics.begin(timing, Math.min(options.cachedTokens ?? 0, tokens));
}

function sendMetrics(state: MockState, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const { metrics: style, model } = state.options;
  if (style === 'off') {
    sendUnknown(state, request, response, url);
    return;
  }
  const page = state.metrics.page(style, model, state.queue.waiting);
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4', 'content-length': Buffer.byteLength(page) });
  response.end(page);
}

/** Gives the whole body on, null when it is too long; of a body that breaks off nothing. */
function readBody(request: IncomingMessage, done: (text: string | null) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  request.on('data', (part: Buffer) => {
    length += part.length;
    if (length <= MAX_BODY_BYTES) parts.push(part);
    else parts.length = 0;
  });
  request.once('end', () => done(length > MAX_BODY_BYTES ? null : Buffer.concat(parts).toString('utf8')));
  // The call learns of a broken connection from the response.
  request.once('error', () => undefined);
}

/** One list for clients of both OpenAI and Anthropic. */
function sendModels({ options }: MockState, request: IncomingMessage, response: ServerResponse): void {
  const { model: id } = options;
  const since = { created: 0, created_at: '1970-01-01T00:00:00Z' };
  const model = { id, object: 'model', type: 'model', display_name: id, ...since, owned_by: 'k6-llm-perf' };
  const list = { object: 'list', data: [model], has_more: false, first_id: id, last_id: id };
  if (APIS.some((api) => hasKey(request.headers, options, api))) sendJson(response, 200, JSON.stringify(list));
  else sendJson(response, 401, openAiError(401));
}

function sendTimings(state: MockState, _: IncomingMessage, response: ServerResponse, url: URL): void {
  const head = { 'content-type': 'application/json', 'x-mock-forgotten': state.log.forgotten };
  response.writeHead(200, head);
  Readable.from(state.log.toJson()).pipe(response);
  if (url.searchParams.get('reset') === '1') reset(state);
}

/** Forgets all timings; the next request has index 0 again, and so the text and the draws of the first. */
function reset(state: MockState): void {
  state.log.reset();
  state.pause.reset();
  state.requests = 0;
}

/** What the mock answers beside the APIs. */
const ROUTES: Readonly<Record<string, (...args: Parameters<typeof sendUnknown>) => void>> = {
  'GET /v1/models': sendModels,
  'GET /health': (_, __, response) => sendJson(response, 200, '{"status":"ok"}'),
  'GET /metrics': sendMetrics,
  'GET /__timings': sendTimings,
  'POST /__reset': (state, _, response) => {
    reset(state);
    sendJson(response, 200, '{"reset":true}');
  },
};

function sendUnknown(_: MockState, { method }: IncomingMessage, response: ServerResponse, { pathname }: URL): void {
  const known = [...APIS.map(({ path }) => path), ...Object.keys(ROUTES).map((route) => route.split(' ')[1])];
  const isKnown = known.includes(pathname);
  const message = isKnown ? `${method} is not allowed on ${pathname}` : `There is no route ${pathname}`;
  sendJson(response, isKnown ? 405 : 404, openAiError(isKnown ? 405 : 404, { message }));
}

function sendJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

const PORT_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'which another program uses already, perhaps an earlier mock',
  EACCES: 'which only root may open',
};

function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): unknown {
  if (error.syscall === undefined) return error;
  const why = ownValue(PORT_FAULTS, error.code ?? '');
  return new ConfigError([
    why !== undefined
      ? {
          key: '--port',
          got: `${port}, ${why} (${error.code})`,
          allowed: 'a free port; 0 finds one',
          paste: '--port 0',
        }
      : {
          key: '--host',
          got: `${showValue(host)} (${error.code})`,
          allowed: 'an address of this machine',
          paste: '--host 127.0.0.1',
        },
  ]);
}
