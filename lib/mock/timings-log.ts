import type { IncomingHttpHeaders } from 'node:http';
import type { Milliseconds } from '../shared/units.ts';
import { wallClock } from './clock.ts';
import { CHUNK_KINDS, type StreamEvent } from './step.ts';

/**
 * What one request really got. Times are on one monotonic clock; null where the moment never came.
 * The chunks are kept as four columns of numbers, so that long streams cost 32 bytes a chunk.
 */
export interface Timing {
  id: string;
  readonly index: number;
  readonly path: string;
  status: number | null;
  stream: boolean;
  model: string | null;
  readonly arrivalMs: Milliseconds;
  bodyMs: Milliseconds | null;
  headersMs: Milliseconds | null;
  endMs: Milliseconds | null;
  /** The other side went away before the answer was whole. */
  aborted: boolean;
  /** How the server itself ended it before its time: `status`, `reset`, `truncate`, `cut`, `silent`, … */
  fault: string | null;
  /** The row of the table of shapes that it was answered by, or null. */
  shape: string | null;
  promptTokens: number | null;
  completionTokens: number;
  /** The longest time between the moment a write was planned for and the moment it began. */
  maxLateMs: Milliseconds;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly hasAuthorization: boolean;
  body: unknown;
  bodyBytes: number;
  readonly chunkFromMs: number[];
  readonly chunkAtMs: number[];
  readonly chunkKinds: number[];
  readonly chunkTokens: number[];
  /** The log that it stands in, as far as its size goes. */
  readonly log: LogSize;
}

/** How much a log holds. */
interface LogSize {
  bytes: number;
}

/**
 * The timings of requests since the last reset, in the order of arrival: of as many of the latest as the log has room for.
 */
export interface TimingsLog {
  open(index: number, path: string, arrival: Milliseconds, headers: IncomingHttpHeaders): Timing;
  /** Requests that were forgotten to make room for later ones. */
  readonly forgotten: number;
  /** A JSON array in pieces that are short enough not to hold other streams up. */
  toJson(): Generator<string>;
  reset(): void;
}

/** Headers that carry keys; of them nothing is kept but whether there was an Authorization. */
const SECRET_HEADERS =
  /^(authorization|proxy-authorization|cookie|x-mock-require-key|(?!x-mock-).*(api-?key|token|secret).*)$/;

const CHUNKS_PER_PIECE = 2000;

/** About what the log may hold: 250,000 requests of short answers, or 8 million chunks. */
const MAX_BYTES = 256 * 1024 * 1024;

/** A request without chunks and body, about. */
const BYTES_PER_REQUEST = 1000;

/** Four numbers. */
const BYTES_PER_CHUNK = 32;

/** @param maxBytes about what it may hold; the oldest requests make room for new ones */
export function createTimingsLog(maxBytes = MAX_BYTES): TimingsLog {
  let timings: Timing[] = [];
  let size: LogSize = { bytes: 0 };
  let forgotten = 0;

  /** The oldest half goes at once, in a new array: an answer that is still being written goes on with the old one. */
  function makeRoom(): void {
    if (size.bytes <= maxBytes) return;
    let from = 0;
    while (from < timings.length && size.bytes > maxBytes / 2) size.bytes -= sizeOf(timings[from++] as Timing);
    forgotten += from;
    timings = timings.slice(from);
  }

  return {
    open(index, path, arrivalMs, headers) {
      makeRoom();
      const timing = createTiming(index, path, arrivalMs, headers, size);
      size.bytes += sizeOf(timing);
      timings.push(timing);
      return timing;
    },
    get forgotten() {
      return forgotten;
    },
    toJson: () => formatTimings(timings),
    reset: () => {
      timings = [];
      size = { bytes: 0 };
      forgotten = 0;
    },
  };
}

/** Keeps the body of a request. */
export function recordBody(timing: Timing, body: unknown, bytes: number): void {
  timing.body = body;
  timing.bodyBytes = bytes;
  timing.log.bytes += bytes;
}

function sizeOf({ chunkAtMs, bodyBytes }: Timing): number {
  return BYTES_PER_REQUEST + BYTES_PER_CHUNK * chunkAtMs.length + bodyBytes;
}

/** Notes events that one write completed; it began at `from` and had been handed to the socket at `at`. */
export function recordEvents(
  timing: Timing,
  events: readonly StreamEvent[],
  from: Milliseconds,
  at: Milliseconds,
): void {
  for (const event of events) {
    timing.chunkFromMs.push(from);
    timing.chunkAtMs.push(at);
    timing.chunkKinds.push(CHUNK_KINDS.indexOf(event.kind));
    timing.chunkTokens.push(event.tokens);
    timing.completionTokens += event.tokens;
  }
  timing.log.bytes += BYTES_PER_CHUNK * events.length;
}

function createTiming(
  index: number,
  path: string,
  arrivalMs: Milliseconds,
  headers: IncomingHttpHeaders,
  log: LogSize,
): Timing {
  return {
    id: `mock-${index}`,
    index,
    path,
    status: null,
    stream: false,
    model: null,
    arrivalMs,
    bodyMs: null,
    headersMs: null,
    endMs: null,
    aborted: false,
    fault: null,
    shape: null,
    promptTokens: null,
    completionTokens: 0,
    maxLateMs: 0,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.test(name))),
    hasAuthorization: headers.authorization !== undefined,
    body: null,
    bodyBytes: 0,
    log,
    chunkFromMs: [],
    chunkAtMs: [],
    chunkKinds: [],
    chunkTokens: [],
  };
}

function* formatTimings(timings: readonly Timing[]): Generator<string> {
  yield '[';
  for (const [position, timing] of timings.entries()) {
    yield (position === 0 ? '\n' : ',\n') + formatHead(timing);
    const count = timing.chunkAtMs.length;
    for (let from = 0; from < count; from += CHUNKS_PER_PIECE) {
      yield (from === 0 ? '' : ',') + formatChunks(timing, from, Math.min(from + CHUNKS_PER_PIECE, count));
    }
    yield ']}';
  }
  yield '\n]\n';
}

function formatHead(timing: Timing): string {
  const head = JSON.stringify({
    id: timing.id,
    index: timing.index,
    path: timing.path,
    status: timing.status,
    stream: timing.stream,
    model: timing.model,
    received_at_ms: round(wallClock(timing.arrivalMs)),
    arrival_ms: round(timing.arrivalMs),
    body_ms: round(timing.bodyMs),
    headers_ms: round(timing.headersMs),
    end_ms: round(timing.endMs),
    aborted: timing.aborted,
    fault: timing.fault,
    shape: timing.shape,
    prompt_tokens: timing.promptTokens,
    completion_tokens: timing.completionTokens,
    max_late_ms: round(timing.maxLateMs),
    has_authorization: timing.hasAuthorization,
    headers: timing.headers,
    body: timing.body,
  });
  return `${head.slice(0, -1)},"chunks":[`;
}

function formatChunks(timing: Timing, from: number, to: number): string {
  const chunks: string[] = [];
  for (let i = from; i < to; i++) {
    const kind = CHUNK_KINDS[timing.chunkKinds[i] as number];
    const from = round(timing.chunkFromMs[i] as number);
    const at = round(timing.chunkAtMs[i] as number);
    chunks.push(`{"from_ms":${from},"at_ms":${at},"kind":"${kind}","tokens":${timing.chunkTokens[i]}}`);
  }
  return chunks.join(',');
}

/** Whole tenths of a microsecond. */
function round(value: Milliseconds | null): Milliseconds | null {
  return value === null ? null : Math.round(value * 1e4) / 1e4;
}
