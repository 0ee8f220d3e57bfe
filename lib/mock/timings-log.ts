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
  /** How the server itself ended it before its time: `status`, `reset`, `truncate`, `cut`, … */
  fault: string | null;
  promptTokens: number | null;
  completionTokens: number;
  /** The longest time between the moment a write was planned for and the moment it began. */
  maxLateMs: Milliseconds;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly hasAuthorization: boolean;
  body: unknown;
  readonly chunkFromMs: number[];
  readonly chunkAtMs: number[];
  readonly chunkKinds: number[];
  readonly chunkTokens: number[];
}

/** The timings of all requests since the last reset, in the order of arrival. */
export interface TimingsLog {
  open(index: number, path: string, arrival: Milliseconds, headers: IncomingHttpHeaders): Timing;
  /** A JSON array in pieces that are short enough not to hold other streams up. */
  toJson(): Generator<string>;
  reset(): void;
}

/** Headers that carry keys; of them nothing is kept but whether there was an Authorization. */
const SECRET_HEADERS =
  /^(authorization|proxy-authorization|cookie|x-mock-require-key|(?!x-mock-).*(api-?key|token|secret).*)$/;

const CHUNKS_PER_PIECE = 2000;

export function createTimingsLog(): TimingsLog {
  let timings: Timing[] = [];
  return {
    open(index, path, arrivalMs, headers) {
      const timing = createTiming(index, path, arrivalMs, headers);
      timings.push(timing);
      return timing;
    },
    toJson: () => formatTimings(timings),
    // A new array: an answer that is still being written goes on with the old one.
    reset: () => {
      timings = [];
    },
  };
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
}

function createTiming(index: number, path: string, arrivalMs: Milliseconds, headers: IncomingHttpHeaders): Timing {
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
    promptTokens: null,
    completionTokens: 0,
    maxLateMs: 0,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.test(name))),
    hasAuthorization: headers.authorization !== undefined,
    body: null,
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
