import type { Milliseconds } from '../shared/units.ts';
import { type EventTexts, toEventTexts } from './event-texts.ts';

/**
 * What a transport saw of one request, before anybody interprets it. All times are on the run's clock.
 */
export interface ReceivedAnswer {
  /** HTTP status; 0 when no response came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The engine's error text when no response came, or when reading failed after it; else empty. */
  readonly error: string;
  /** Times of `data`, one each; null where the transport hands over a whole body. */
  readonly times: readonly Milliseconds[] | null;
  /** The `data` of every SSE event that has some, an end mark such as `[DONE]` not among them. */
  readonly data: EventTexts;
  /** Whether the API's end came: `[DONE]`, `message_stop`, `response.completed`. */
  readonly done: boolean;
  /** What came but was not an SSE event: an error body, a JSON answer. */
  readonly text: string;
  /** First byte of the response since the start of the request; null where the transport does not say. */
  readonly firstByteMs: Milliseconds | null;
  readonly endMs: Milliseconds;
  /** DNS, TCP, a proxy's tunnel and TLS; 0 on a kept connection, null or absent where the transport does not say. */
  readonly connectMs?: Milliseconds | null;
  /** The URL, of the same origin, that the request was redirected to; absent where it was not, or where that is not known. */
  readonly redirectedTo?: string;
  /** The content encoding of a stream that the engine undid; null where gzip was asked for, which k6 undoes without a word. */
  readonly inflated?: string | null;
  /** Whether the client closed the stream since it had seen enough; absent where it did not. */
  readonly left?: true;
  /** What went wrong in this program while the answer was read; absent when nothing did. */
  readonly internalError?: string;
}

/** The clock of a run, the engine's finest: k6's `exec.instance`, read without a call in between, once per event. */
export interface Clock {
  /** Milliseconds since the run's start. */
  readonly currentTestRunDuration: Milliseconds;
}

/** The most text that is kept of a body that is not a stream. */
export const MAX_TEXT = 65_536;

/** Exceptions that no server causes by what it does to a connection: a fault in this program. */
const OWN_FAULT = /^(?:Range|Type|Reference|Syntax|Internal|Eval|URI)Error\b/;

/** What is left of a request that ended in an exception: an engine's error before the response, or a fault of our own. */
export function noAnswer(error: unknown, endMs: Milliseconds): ReceivedAnswer {
  const text = String(error);
  return {
    status: 0,
    headers: {},
    error: text.replace(/^(?:Go)?Error: /, ''),
    times: null,
    data: toEventTexts([]),
    done: false,
    text: '',
    firstByteMs: null,
    endMs,
    ...(OWN_FAULT.test(text) ? { internalError: text } : {}),
  };
}
