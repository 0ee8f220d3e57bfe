import { accept, oneWord, type Parsed, refuse } from './value-type.ts';

/** The parts of an http(s) URL, as written; `port`, `path` and `query` may be empty, `query` keeps its `?`. */
export interface HttpUrl {
  readonly scheme: 'http' | 'https';
  /** `name:password` as written, percent escapes included; null without `@`. */
  readonly userinfo: string | null;
  /** A name, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}

/**
 * Takes an absolute http(s) URL apart, strictly (RFC 3986, with `_` in host names as containers have them).
 *
 * k6 has no `URL` class, and k6/x/sse brings the whole process down on a URL that Go cannot read; so everything that Go's
 * parser refuses is refused here.
 */
export function parseHttpUrl(given: string): Parsed<HttpUrl> {
  const plain = given.trim();
  if (!/^[\x21-\x7e]+$/.test(plain)) return refuse('blanks, control or non-ASCII characters');
  if (/["<>\\^`{|}]/.test(plain)) return refuse('a character that a URL must escape');
  if (/%(?![0-9a-fA-F]{2})/.test(plain)) return refuse('a % that is not followed by two hexadecimal digits');
  const parts = /^(https?):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(plain);
  if (parts === null) return refuse('it does not begin with http:// or https://');
  const [, scheme = '', authority = '', path = '', query = '', fragment] = parts;
  if (fragment !== undefined) return refuse('a #fragment, which is never sent');
  const at = authority.lastIndexOf('@');
  const userinfo = at < 0 ? null : authority.slice(0, at);
  if (userinfo !== null && !/^[\w.~!$&'()*+,;=:%-]*$/.test(userinfo)) return refuse('user information in a wrong form');
  const place = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/.exec(authority.slice(at + 1));
  if (place === null) return refuse('a host or port in a wrong form');
  const [, host = '', port] = place;
  if (!isHost(host)) return refuse(host === '' ? 'no host' : 'a host in a wrong form');
  if (port !== undefined && !isPort(port)) return refuse('a port outside 1 to 65535');
  if (/[[\]]/.test(path)) return refuse('a character that a URL must escape');
  return accept({
    scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http',
    userinfo,
    host,
    port: port ?? '',
    path,
    query,
  });
}

/** The URL as text, without its user information. */
export function formatHttpUrl({ scheme, host, port, path, query }: HttpUrl): string {
  return `${scheme}://${host}${port === '' ? '' : `:${port}`}${path}${query}`;
}

/** The setting `url`: checked here, completed with an endpoint once the API is known. */
export const httpUrl = oneWord(
  'url',
  'http(s)://host[:port]/path, or several between commas; a base such as http://127.0.0.1:8000/v1 is completed',
  (plain) => {
    for (const url of splitUrls(plain)) {
      if (url === '') return refuse('a comma too many');
      const parsed = parseHttpUrl(url);
      if (parsed.state === 'refused') return parsed;
    }
    return accept(plain);
  },
);

/** The URLs of a list; a comma may be part of one, but cannot end it, nor come before a host and its port. */
export function splitUrls(list: string): string[] {
  return list.split(/,\s*(?=https?:|[\w.-]+:\d|,|$)/i);
}

function isPort(port: string): boolean {
  return /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIpv6(host.slice(1, -1));
  if (host.length > 253 || !/^[A-Za-z0-9_]([\w-]*\w)?(\.[A-Za-z0-9_]([\w-]*\w)?)*\.?$/.test(host)) return false;
  // A last label of digits makes it an address: 999.0.0.1 is not a name.
  return !/(^|\.)\d+\.?$/.test(host) || isIpv4(host);
}

function isIpv4(text: string): boolean {
  const numbers = text.split('.');
  return numbers.length === 4 && numbers.every((number) => /^(0|[1-9]\d{0,2})$/.test(number) && Number(number) <= 255);
}

/** RFC 4291, 2.2: eight groups, one `::` for at least one of them, the last two possibly as IPv4; no zone. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const isMixed = last.includes('.');
  if (isMixed && !isIpv4(last)) return false;
  const plain = isMixed ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = plain.length + (isMixed ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
