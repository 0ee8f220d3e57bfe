import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Milliseconds } from '../shared/units.ts';
import { now } from './clock.ts';
import type { MockApi } from './mock-api.ts';
import type { Scheduler, Task } from './scheduler.ts';
import type { StreamEnd } from './step.ts';
import type { Timing } from './timings-log.ts';

/** One request and its answer under way. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly timing: Timing;
  readonly api: MockApi;
  /** Runs `run` at a time since the arrival, unless the connection is gone by then. */
  after(due: Milliseconds, run: () => void): void;
  /** Whether the answer has ended, from this side or the other. */
  isOver(): boolean;
  /** Ends the answer from this side. */
  end(step: StreamEnd): void;
}

export function createExchange(
  request: IncomingMessage,
  response: ServerResponse,
  timing: Timing,
  api: MockApi,
  scheduler: Scheduler,
): Exchange {
  let task: Task | null = null;
  let over = false;
  response.once('close', () => {
    task?.cancel();
    if (over) return;
    over = true;
    timing.aborted = true;
    timing.endMs = now();
  });
  return {
    request,
    response,
    timing,
    api,
    after(due, run) {
      const planned = timing.arrivalMs + due;
      if (over) return;
      if (planned <= now()) run();
      else task = scheduler.at(planned, run);
    },
    isOver: () => over,
    end(step) {
      timing.fault ??= step.fault;
      // The client ends it, and is seen to go.
      if (step.end === 'silent') return;
      over = true;
      endResponse(response, step.end);
      timing.endMs = now();
    },
  };
}

/** Sends status and headers at once, before any byte of a body. */
export function sendHeaders(exchange: Exchange, status: number, headers: OutgoingHttpHeaders): void {
  const { response, timing } = exchange;
  response.writeHead(status, { ...headers, 'x-request-id': timing.id });
  response.flushHeaders();
  timing.status = status;
  timing.headersMs = now();
}

/**
 * Hands bytes to the socket, and stamps the moments before and after.
 *
 * Node holds the parts of an HTTP chunk back until the end of the turn (it corks the socket); taking the cork out makes
 * the kernel have them when this returns.
 * A reader can have them before it returns: waking it up is part of the call. So the truth is between the two stamps.
 * @returns both times, and whether more may be written before the socket has drained
 */
export function handToSocket(
  response: ServerResponse,
  bytes: string | Buffer,
): { readonly from: Milliseconds; readonly at: Milliseconds; readonly mayGoOn: boolean } {
  const from = now();
  const mayGoOn = response.write(bytes);
  response.socket?.uncork();
  return { from, at: now(), mayGoOn };
}

function endResponse(response: ServerResponse, end: Exclude<StreamEnd['end'], 'silent'>): void {
  switch (end) {
    case 'end':
      response.end();
      break;
    case 'reset':
      response.req.socket.resetAndDestroy();
      break;
    case 'truncate':
      response.req.socket.destroy();
      break;
    default:
      end satisfies never;
  }
}
