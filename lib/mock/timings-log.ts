import type { IncomingHttpHeaders } from 'node:http';
import type { Milliseconds } from '../shared/units.ts';
import { wallClock } from './clock.ts';
import { CHUNK_KINDS, type StreamEvent } from './step.ts';

/** What one request really got, in the words that it is shown in. Times are on one monotonic clock; null where the moment never came. */
export interface Timing {
  id: string;
  readonly index: number;
  readonly path: string;
  status: number | null;
  stream: boolean;
  model: string | null;
  readonly received_at_ms: Milliseconds;
  readonly arrival_ms: Milliseconds;
  /** When work on it began: at its arrival, or when a place was free (`--max-running`). */
  begin_ms: Milliseconds;
  body_ms: Milliseconds | null;
  headers_ms: Milliseconds | null;
  end_ms: Milliseconds | null;
  /** The other side went away before the answer was whole. */
  aborted: boolean;
  /** How the server itself ended it before its time: `status`, `reset`, `truncate`, `cut`, `silent`, … */
  fault: string | null;
  /** The row of the table of shapes that it was answered by, or null. */
  shape: string | null;
  prompt_tokens: number | null;
  completion_tokens: number;
  /** The longest time between the moment a write was planned for and the moment it began. */
  max_late_ms: Milliseconds;
  readonly has_authorization: boolean;
  readonly headers: Readonly<Record<string, unknown>>;
  body: unknown;
  readonly chunks: Chunks;
}

/** The chunks as four columns of numbers, so that long streams cost 32 bytes a chunk; and what the rest costs. */
interface Chunks {
  readonly fromMs: number[];
  readonly atMs: number[];
  readonly kinds: number[];
  readonly tokens: number[];
  bodyBytes: number;
  /** The size of the log that holds it. */
  readonly log: { bytes: number };
}

/** The timings of requests since the last reset, in the order of arrival: of as many of the latest as the log has room for. */
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
  let size = { bytes: 0 };
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
    open(index, path, arrival_ms, headers) {
      makeRoom();
      const timing: Timing = {
        id: `mock-${index}`,
        index,
        path,
        status: null,
        stream: false,
        model: null,
        received_at_ms: wallClock(arrival_ms),
        arrival_ms,
        begin_ms: arrival_ms,
        body_ms: null,
        headers_ms: null,
        end_ms: null,
        aborted: false,
        fault: null,
        shape: null,
        prompt_tokens: null,
        completion_tokens: 0,
        max_late_ms: 0,
        has_authorization: headers.authorization !== undefined,
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.test(name))),
        body: null,
        chunks: { fromMs: [], atMs: [], kinds: [], tokens: [], bodyBytes: 0, log: size },
      };
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
  timing.chunks.bodyBytes = bytes;
  timing.chunks.log.bytes += bytes;
}

function sizeOf({ chunks }: Timing): number {
  return BYTES_PER_REQUEST + BYTES_PER_CHUNK * chunks.atMs.length + chunks.bodyBytes;
}

/** Notes events that one write completed; it began at `from` and had been handed to the socket at `at`. */
export function recordEvents(
  timing: Timing,
  events: readonly StreamEvent[],
  from: Milliseconds,
  at: Milliseconds,
): void {
  const { fromMs, atMs, kinds, tokens, log } = timing.chunks;
  for (const event of events) {
    fromMs.push(from);
    atMs.push(at);
    kinds.push(CHUNK_KINDS.indexOf(event.kind));
    tokens.push(event.tokens);
    timing.completion_tokens += event.tokens;
  }
  log.bytes += BYTES_PER_CHUNK * events.length;
}

function* formatTimings(timings: readonly Timing[]): Generator<string> {
  yield '[';
  for (const [position, { chunks, ...rest }] of timings.entries()) {
    const head = Object.entries(rest).map(([key, value]) => [key, typeof value === 'number' ? round(value) : value]);
    yield `${position === 0 ? '\n' : ',\n'}${JSON.stringify(Object.fromEntries(head)).slice(0, -1)},"chunks":[`;
    const count = chunks.atMs.length;
    for (let from = 0; from < count; from += CHUNKS_PER_PIECE) {
      yield (from === 0 ? '' : ',') + formatChunks(chunks, from, Math.min(from + CHUNKS_PER_PIECE, count));
    }
    yield ']}';
  }
  yield '\n]\n';
}

function formatChunks({ fromMs, atMs, kinds, tokens }: Chunks, from: number, to: number): string {
  const chunks: string[] = [];
  for (let i = from; i < to; i++) {
    const times = `"from_ms":${round(fromMs[i] as number)},"at_ms":${round(atMs[i] as number)}`;
    chunks.push(`{${times},"kind":"${CHUNK_KINDS[kinds[i] as number]}","tokens":${tokens[i]}}`);
  }
  return chunks.join(',');
}

/** Whole tenths of a microsecond. */
function round(value: Milliseconds): Milliseconds {
  return Math.round(value * 1e4) / 1e4;
}
