import type { Milliseconds } from '../../shared/units.ts';
import { readTags } from '../metrics/tag-set.ts';
import { requestHeaders } from '../net/headers.ts';
import type { RequestTarget } from '../net/redirect.ts';
import { parseDuration } from '../settings/duration.ts';
import type { ScriptOptions } from '../settings/script-options.ts';

type ResponseType = 'text' | 'binary' | 'none';

/** The arguments of a request of `k6/http`, read. */
export interface HttpRequest extends RequestTarget {
  readonly tags: Readonly<Record<string, string>> | null;
  readonly timeout: Milliseconds;
  readonly redirects: number;
  readonly responseType: ResponseType;
  readonly throwErrors: boolean;
}

/** Parameters of k6 that change a request and that the engine does not have. */
const UNSUPPORTED = ['auth', 'compression', 'cookies', 'jar', 'responseCallback'];

/** A request that cannot be made; k6 turns it into a response with an error. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  /** k6's `error_code`. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads `http.request(method, url, body, params)`.
 *
 * @throws {InvalidRequest} for a bad URL, header, timeout, body or tag
 * @throws {Error} for a parameter that only k6 has
 */
export function readHttpRequest(
  method: string,
  url: unknown,
  body: unknown,
  given: unknown,
  options: ScriptOptions,
): HttpRequest {
  const params = (given ?? {}) as Record<string, unknown>;
  const lacking = UNSUPPORTED.find((key) => params[key] !== undefined && params[key] !== null);
  if (lacking) throw new Error(`k6/http has no parameter '${lacking}' in the Node engine; run this script with k6`);
  const content = readBody(body);
  try {
    return {
      method: method.toUpperCase(),
      url: readUrl(url),
      body: content.bytes,
      headers: requestHeaders({ 'user-agent': options.userAgent }, content.headers, params['headers']),
      tags: readTags(params['tags']),
      timeout: params['timeout'] === undefined ? 60_000 : parseDuration(params['timeout']),
      redirects: params['redirects'] === undefined ? options.maxRedirects : Number(params['redirects']),
      responseType: readResponseType(params['responseType'], options),
      throwErrors: params['throw'] === undefined ? options.throw : Boolean(params['throw']),
    };
  } catch (error) {
    throw error instanceof InvalidRequest ? error : new InvalidRequest((error as Error).message, 1000);
  }
}

function readUrl(url: unknown): string {
  const text = String(url);
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    if (!text.includes('://')) throw new InvalidRequest('unsupported protocol scheme ""', 1000);
    throw new InvalidRequest('invalid URL', 1020);
  }
  if (parsed.protocol === 'http:' || parsed.protocol === 'https:') return text;
  throw new InvalidRequest(`unsupported protocol scheme "${parsed.protocol.slice(0, -1)}"`, 1000);
}

function readBody(body: unknown): { bytes: string | Uint8Array | null; headers?: Record<string, string> } {
  if (body === undefined || body === null) return { bytes: null };
  if (typeof body === 'string') return { bytes: body };
  if (body instanceof ArrayBuffer) return { bytes: new Uint8Array(body) };
  if (ArrayBuffer.isView(body)) return { bytes: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
  if (typeof body !== 'object') throw new InvalidRequest(`unknown request body type ${typeof body}`, 1000);
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(key, String(item));
  }
  return { bytes: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}

function readResponseType(value: unknown, options: ScriptOptions): ResponseType {
  if (value === undefined) return options.discardResponseBodies ? 'none' : 'text';
  if (value === 'text' || value === 'binary' || value === 'none') return value;
  throw new InvalidRequest(`${String(value)} does not belong to ResponseType values`, 1000);
}
