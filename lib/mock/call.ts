import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Milliseconds } from '../shared/units.ts';
import { now } from './clock.ts';
import type { Compressor } from './compressors.ts';
import type { MockApi } from './mock-api.ts';
import type { Pause } from './pause.ts';
import type { Scheduler, Task } from './scheduler.ts';
import type { StreamEnd } from './step.ts';
import type { Write } from './stream-writes.ts';
import { recordEvents, type Timing } from './timings-log.ts';

/** One request and its answer under way. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly api: MockApi;
  readonly timing: Timing;
  /** Runs `run` at a time since the arrival, or the end of the wait in the queue, unless the connection is gone by then. */
  after(due: Milliseconds, run: () => void): void;
  /** Sends status and headers at once, before any byte of a body. */
  sendHeaders(status: number, headers: OutgoingHttpHeaders): void;
  /**
   * Sends writes at their times, one after the other, and records when each was done. The last step ends the answer.
   *
   * Steps are drawn one by one as time goes on. A reader that does not keep up holds its own stream back; what was
   * missed is caught up, because the times are absolute.
   */
  play(steps: Iterator<Write | StreamEnd>, compressor?: Compressor | null): void;
  /** Ends the answer from this side. */
  end(step: StreamEnd): void;
}

/**
 * Between the last bytes and a reset. A reader that finds both at once may never learn of the reset: libuv reports the
 * end of the stream then, not an error.
 */
const RESET_PAUSE_MS = 20;

export function createCall(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  api: MockApi,
  timing: Timing,
  { scheduler, pause }: { readonly scheduler: Scheduler; readonly pause: Pause },
): Call {
  let task: Task | null = null;
  let isOver = false;
  response.once('close', () => {
    task?.cancel();
    if (isOver) return;
    isOver = true;
    timing.aborted = true;
    timing.end_ms = now();
  });

  /** The moment on the clock that comes so long after the arrival. */
  function planFor(due: Milliseconds): Milliseconds {
    return pause.putOff(timing.arrival_ms, timing.begin_ms + due);
  }

  function after(due: Milliseconds, run: () => void): void {
    const planned = planFor(due);
    if (isOver) return;
    if (planned <= now()) run();
    else task = scheduler.at(planned, run);
  }

  function end(step: StreamEnd): void {
    timing.fault ??= step.fault;
    // The client ends it, and is seen to go.
    if (step.end === 'silent') return;
    isOver = true;
    if (step.end === 'end') response.end();
    else if (step.end === 'reset') request.socket.resetAndDestroy();
    else request.socket.destroy();
    timing.end_ms = now();
  }

  function play(steps: Iterator<Write | StreamEnd>, compressor: Compressor | null = null): void {
    // A stream without pauses must not keep the event loop to itself, nor fill the stack.
    let inARow = 0;

    function next(): void {
      const step = steps.next();
      if (step.done || isOver) return;
      const { value } = step;
      const isReset = 'end' in value && value.end === 'reset';
      after(isReset ? now() - timing.begin_ms + RESET_PAUSE_MS : value.due, () => playStep(value));
    }

    function playStep(step: Write | StreamEnd): void {
      if ('end' in step) {
        if (compressor !== null && step.end === 'end') handToSocket(response, compressor.finish());
        end(step);
        return;
      }
      const bytes = compressor === null ? step.bytes : compressor.encode(step.bytes);
      const { from, at, mayGoOn } = handToSocket(response, bytes);
      recordEvents(timing, step.events, from, at);
      timing.max_late_ms = Math.max(timing.max_late_ms, from - planFor(step.due));
      inARow = (inARow + 1) % 16;
      if (!mayGoOn) response.once('drain', next);
      else if (inARow === 0) setImmediate(next);
      else next();
    }

    next();
  }

  return {
    request,
    response,
    url,
    api,
    timing,
    after,
    play,
    end,
    sendHeaders(status, headers) {
      response.writeHead(status, { ...headers, 'x-request-id': timing.id });
      response.flushHeaders();
      timing.status = status;
      timing.headers_ms = now();
    },
  };
}

/**
 * Hands bytes to the socket, and stamps the moments before and after.
 *
 * Node holds the parts of an HTTP chunk back until the end of the turn (it corks the socket); taking the cork out makes
 * the kernel have them when this returns.
 * A reader can have them before it returns: waking it up is part of the call. So the truth is between the two stamps.
 * @returns both times, and whether more may be written before the socket has drained
 */
function handToSocket(
  response: ServerResponse,
  bytes: string | Buffer,
): { readonly from: Milliseconds; readonly at: Milliseconds; readonly mayGoOn: boolean } {
  const from = now();
  const mayGoOn = response.write(bytes);
  response.socket?.uncork();
  return { from, at: now(), mayGoOn };
}
