import { encodeBase64, toUtf8 } from '../shared/base64.ts';

/**
 * The `Authorization` value for the user information of a URL (RFC 7617, UTF-8), `Basic dXNlcjpwYXNz` for `user:pass`.
 *
 * The configuration moves it out of the URL, because k6 tags every sample with the URL.
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
