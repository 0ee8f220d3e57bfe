import { createMasker, MASK } from '../shared/mask-secrets.ts';
import type { RunConfig } from './run-config.ts';

/** Words that mark a header or a query parameter as secret; masking one too many does no harm. */
const SECRET_NAME = /auth|key|token|secret|passw|cookie|credential|signature|^sig$/i;

/** In a request body `max_tokens` and `stop_token_ids` are ordinary settings, so only whole words count. */
const SECRET_BODY_KEY = /^(.*[-_])?(api[-_]?key|secret|password|authorization|access[-_]?token|auth[-_]?token)$/i;

/** Headers with the values of those that look secret masked (authorization, x-api-key, cookie and the like). */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_NAME.test(name) ? MASK : value]),
  );
}

/** A URL, right or wrong, with its user information and the values of secret-looking parameters masked. */
export function maskUrl(url: string): string {
  // Up to the last @ before the path, as URL parsers read it.
  const withoutUser = url.replace(/^([a-z]+:\/\/|\/\/)?[^/?#]*@/i, (_, start = '') => `${start}${MASK}@`);
  return withoutUser.replace(/([?&])([^=&#]*)=([^&#]*)/g, (whole, mark, name) =>
    SECRET_NAME.test(name) ? `${mark}${name}=${MASK}` : whole,
  );
}

/** A JSON value with everything masked that a secret-looking key holds, at any depth. */
export function maskJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_BODY_KEY.test(key) ? MASK : maskJson(inner)]),
  );
}

/**
 * Takes every secret of a run out of a text that a server or an engine made: the key, the values of headers that look
 * secret, whole and in parts (a server may show what stands behind `Token`), and those of the URL's parameters.
 */
export function createSecretMasker(config: Pick<RunConfig, 'apiKey' | 'headers' | 'url'>): (text: string) => string {
  const inHeaders = Object.entries(config.headers).filter(([name]) => SECRET_NAME.test(name));
  const parts = inHeaders.flatMap(([, value]) => [value, ...value.split(/[\s;,=]+/).filter(isLikeKey)]);
  return createMasker([config.apiKey, ...parts, ...secretParameters(config.url)]);
}

/** Words like `Bearer` and `session` stand in many texts, and no key is so short. */
function isLikeKey(part: string): boolean {
  return part.length >= 8;
}

/** The values of a URL's parameters that look secret, as they stand there and decoded. */
function secretParameters(url: string): string[] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  return query.split('&').flatMap((pair) => {
    const [name = '', ...rest] = pair.split('=');
    const value = rest.join('=');
    return SECRET_NAME.test(name) ? [value, decode(value)] : [];
  });
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Whether a text should not be shown because a secret may stand in it. */
export function mayHoldSecret(text: string): boolean {
  return /key|token|secret|passw|auth|cookie|bearer|sk-/i.test(text);
}
