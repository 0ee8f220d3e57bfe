import { formatHttpUrl, parseHttpUrl } from '../config/http-url.ts';

/** What of an answer says where it sends its client. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The statuses that Go's client follows, and with it k6. */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** The URL that an answer sends its client to; null where it does not. */
export function redirectTarget(url: string, { status, headers }: Answer): string | null {
  if (!REDIRECTS.includes(status)) return null;
  const [, location = ''] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'location') ?? [];
  return location.trim() === '' ? null : resolveUrl(url, location.trim());
}

/**
 * A reference as seen from a URL, without the fragment, which is never sent. k6 has no `URL` class. A path that is relative
 * to the last part of the URL's own is taken as Go takes it; `..` is left to the server.
 */
function resolveUrl(url: string, reference: string): string {
  const to = reference.replace(/#.*$/, '');
  if (/^[a-z][a-z0-9+.-]*:/i.test(to)) return to;
  const from = parseHttpUrl(url);
  if (from.state === 'refused') return to;
  const base = { ...from.value, query: '' };
  if (to.startsWith('//')) return `${base.scheme}:${to}`;
  if (to.startsWith('/')) return formatHttpUrl({ ...base, path: to });
  if (to.startsWith('?') || to === '') return formatHttpUrl({ ...base, query: to });
  return formatHttpUrl({ ...base, path: `${base.path.replace(/[^/]*$/, '') || '/'}${to}` });
}

/** Whether two URLs lead to the same scheme, host and port: what is meant for one may be sent to the other. */
export function hasSameOrigin(a: string, b: string): boolean {
  const origin = originOf(a);
  return origin !== null && origin === originOf(b);
}

/** Scheme, host and port of a URL in one spelling; null where it cannot be read. */
function originOf(url: string): string | null {
  const parsed = parseHttpUrl(url);
  if (parsed.state === 'refused') return null;
  const { scheme, host, port } = parsed.value;
  return `${scheme}://${host.toLowerCase()}:${port === '' ? (scheme === 'https' ? 443 : 80) : Number(port)}`;
}
