import type { JsonObject } from '../../shared/json.ts';
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

/** @throws {Error} for a parameter that only k6 has */
export function refuseParams(params: unknown): void {
  const given = (params ?? {}) as JsonObject;
  const lacking = UNSUPPORTED.find((key) => given[key] !== undefined && given[key] !== null);
  if (lacking) throw new Error(`k6/http has no parameter '${lacking}' in the Node engine; run this script with k6`);
}

/**
 * Reads `http.request(method, url, body, params)`.
 *
 * @throws {Error} for a bad URL, header, timeout, body or tag; k6 turns it into a response with an error
 */
export function readHttpRequest(
  method: string,
  url: unknown,
  body: unknown,
  given: unknown,
  options: ScriptOptions,
): HttpRequest {
  const params = (given ?? {}) as JsonObject;
  const content = readBody(body);
  return {
    method: method.toUpperCase(),
    url: readUrl(String(url)),
    body: content.bytes,
    headers: requestHeaders({ 'user-agent': options.userAgent }, content.headers, params['headers']),
    tags: readTags(params['tags']),
    timeout: params['timeout'] === undefined ? 60_000 : parseDuration(params['timeout']),
    redirects: params['redirects'] === undefined ? options.maxRedirects : Number(params['redirects']),
    responseType: readResponseType(params['responseType'], options),
    throwErrors: params['throw'] === undefined ? options.throw : Boolean(params['throw']),
  };
}

function readUrl(text: string): string {
  if (!URL.canParse(text) && text.includes('://')) throw new Error('invalid URL');
  const protocol = URL.canParse(text) ? new URL(text).protocol : ':';
  if (protocol === 'http:' || protocol === 'https:') return text;
  throw new Error(`unsupported protocol scheme "${protocol.slice(0, -1)}"`);
}

function readBody(body: unknown): { bytes: string | Uint8Array | null; headers?: Record<string, string> } {
  if (body === undefined || body === null) return { bytes: null };
  if (typeof body === 'string') return { bytes: body };
  if (body instanceof ArrayBuffer) return { bytes: new Uint8Array(body) };
  if (ArrayBuffer.isView(body)) return { bytes: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
  if (typeof body !== 'object') throw new Error(`unknown request body type ${typeof body}`);
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(key, String(item));
  }
  return { bytes: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } };
}

function readResponseType(value: unknown, options: ScriptOptions): ResponseType {
  if (value === undefined) return options.discardResponseBodies ? 'none' : 'text';
  if (value === 'text' || value === 'binary' || value === 'none') return value;
  throw new Error(`${String(value)} does not belong to ResponseType values`);
}
