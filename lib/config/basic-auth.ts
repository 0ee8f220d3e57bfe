const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The `Authorization` value for the user information of a URL (RFC 7617, UTF-8), `Basic dXNlcjpwYXNz` for `user:pass`.
 *
 * The configuration moves it out of the URL, because k6 tags every sample with the URL and undici does not send it.
 * `btoa` does not exist in k6.
 */
export function formatBasicAuth(userinfo: string): string {
  const pair = userinfo.includes(':') ? userinfo : `${userinfo}:`;
  return `Basic ${encodeBase64(toUtf8(decodeEscapes(pair)))}`;
}

function decodeEscapes(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toUtf8(text: string): number[] {
  const escaped = encodeURIComponent(text);
  return [...escaped.matchAll(/%(..)|(.)/g)].map(([, hex, char]) =>
    hex === undefined ? (char ?? '').charCodeAt(0) : Number.parseInt(hex, 16),
  );
}

function encodeBase64(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => ALPHABET[(bits >> shift) & 63] ?? '');
    text += letters
      .slice(0, b === undefined ? 2 : c === undefined ? 3 : 4)
      .join('')
      .padEnd(4, '=');
  }
  return text;
}
