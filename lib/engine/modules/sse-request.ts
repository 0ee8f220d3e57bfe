import type { Milliseconds } from '../../shared/units.ts';
import { readTags } from '../metrics/tag-set.ts';
import { requestHeaders } from '../net/headers.ts';
import { parseGoDuration } from '../settings/duration.ts';
import type { SseSetup } from './sse-client.ts';

/** The arguments of `sse.open`, read. */
export interface SseRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly tags: Readonly<Record<string, string>> | null;
  /** For the whole request; 0 is none. */
  readonly timeout: Milliseconds;
  /** For a connection; xk6-sse has no such parameter, and ignores it. */
  readonly connectTimeout: Milliseconds | undefined;
  /** The longest time without an event; 0 is none. xk6-sse has no such parameter, and ignores it. */
  readonly readTimeout: Milliseconds;
  /** The request takes a connection of the VU's, and leaves it open; xk6-sse has no such parameter, and ignores it. */
  readonly keepConnection: boolean;
  readonly setup: SseSetup;
  /** The engine asks for gzip and undoes it, as Go does, unless the script says what it accepts. */
  readonly inflate: boolean;
  /** Why the request cannot be sent (a bad header); xk6-sse says so in the response, not as an exception. */
  readonly problem: string | null;
}

const PARAMS = new Set([
  ...['method', 'headers', 'body', 'tags'],
  ...['timeout', 'connectTimeout', 'readTimeout', 'keepConnection'],
]);

/**
 * Reads `sse.open(url, params?, setup)`.
 *
 * @throws {Error} xk6-sse's texts: arguments missing, no function, timeout without a unit, bad tags
 */
export function readSseRequest(args: readonly unknown[], userAgent: string): SseRequest {
  const [url, ...rest] = args;
  if (rest.length !== 1 && rest.length !== 2) throw new Error('invalid number of arguments to sse.open');
  const setup = rest.at(-1);
  if (typeof setup !== 'function') throw new Error('last argument to sse.open must be a function');
  const params = (rest.length === 2 ? (rest[0] ?? {}) : {}) as Record<string, unknown>;
  if ('jar' in params) throw new Error("sse.open has no 'jar' in the Node engine; run this script with k6");
  const given = Object.fromEntries(Object.entries(params).filter(([key]) => PARAMS.has(key)));
  const { headers, problem } = readHeaders(given['headers'], userAgent);
  const inflate = headers['accept-encoding'] === undefined && headers['range'] === undefined;
  return {
    url: String(url),
    method: given['method'] === undefined ? 'GET' : String(given['method']).trim() || 'GET',
    headers: inflate ? { ...headers, 'accept-encoding': 'gzip' } : headers,
    body: given['body'] === undefined ? '' : String(given['body']).trim(),
    tags: readSseTags(given['tags']),
    timeout: readDuration('timeout', given),
    connectTimeout: readDuration('connectTimeout', given) || undefined,
    readTimeout: readDuration('readTimeout', given),
    keepConnection: given['keepConnection'] === true,
    setup: setup as SseSetup,
    inflate,
    problem,
  };
}

function readHeaders(given: unknown, userAgent: string): { headers: Record<string, string>; problem: string | null } {
  const own = { accept: 'text/event-stream', 'user-agent': userAgent };
  try {
    return { headers: requestHeaders(own, given), problem: null };
  } catch (error) {
    return { headers: own, problem: (error as Error).message };
  }
}

function readSseTags(tags: unknown): Record<string, string> | null {
  try {
    return readTags(tags);
  } catch (error) {
    throw new Error(`invalid sse.open() metric tags: ${(error as Error).message}`);
  }
}

function readDuration(name: string, given: Readonly<Record<string, unknown>>): Milliseconds {
  const value = given[name];
  if (value === undefined || value === null) return 0;
  try {
    return parseGoDuration(String(value));
  } catch (error) {
    throw new Error(`invalid sse.open() ${name}: ${(error as Error).message}`);
  }
}
