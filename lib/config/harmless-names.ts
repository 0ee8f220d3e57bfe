/**
 * Headers and query parameters whose values are known to be no secret. Of any other the value is masked: services take keys under
 * names that nobody can list, and masking one value too many does no harm.
 */
const HARMLESS_NAMES: readonly string[] = [
  ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'cache-control', 'connection', 'content-type'],
  ...['host', 'origin', 'referer', 'te', 'traceparent', 'user-agent', 'x-correlation-id', 'x-request-id'],
  ...['anthropic-beta', 'anthropic-version', 'openai-beta', 'x-requested-with', 'x-title', 'http-referer'],
  ...['api-version', 'alt', 'beta', 'deployment', 'format', 'lang', 'locale', 'location', 'model', 'project', 'region'],
  ...['stream', 'team', 'timeout', 'v', 'version', 'x-team', 'x-run', 'x-priority'],
];

/** Words that mark a name as secret; texts of a server lose even short values of these. */
export const SECRET_NAME = /auth|key|token|secret|passw|cookie|credential|signature|^sig$/i;

/** In a request body `max_tokens` and `stop_token_ids` are ordinary settings, so only whole words count. */
export const SECRET_BODY_KEY =
  /^(.*[-_])?(api[-_]?key|secret|password|authorization|access[-_]?token|auth[-_]?token)$/i;

/** Whether a header or query parameter of this name, encoded or not, holds no secret. */
export function isHarmless(name: string): boolean {
  const plain = decodeWord(name).trim().toLowerCase();
  // The mock server's own knobs.
  return HARMLESS_NAMES.includes(plain) || (plain.startsWith('x-mock-') && !SECRET_NAME.test(plain));
}

/** What a URL or a form holds under a name, as it was before it was encoded; the same where it is not encoded rightly. */
export function decodeWord(value: string): string {
  try {
    return decodeURIComponent(value.replace(/\+/g, ' '));
  } catch {
    return value;
  }
}
