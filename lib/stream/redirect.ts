/** What of an answer tells where it sends its client. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The statuses that Go's client follows, and with it k6. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The URL that an answer sends its client to; null where it does not. */
export function redirectTarget(url: string, { status, headers }: Answer): string | null {
  if (!REDIRECTS.has(status)) return null;
  const [, location = ''] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'location') ?? [];
  return location.trim() === '' ? null : resolveUrl(url, location.trim());
}

/**
 * A reference as seen from a URL (RFC 3986, 5.2, without taking `..` out, which nobody compares). k6 has no `URL`.
 */
function resolveUrl(base: string, reference: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return reference;
  const [, scheme = '', authority = '', path = ''] = /^([a-z]+:)\/\/([^/?#]*)([^?#]*)/i.exec(base) ?? [];
  if (reference.startsWith('//')) return `${scheme}${reference}`;
  const origin = `${scheme}//${authority}`;
  if (reference.startsWith('/')) return `${origin}${reference}`;
  if (reference.startsWith('?')) return `${origin}${path}${reference}`;
  return `${origin}${path.slice(0, path.lastIndexOf('/') + 1) || '/'}${reference}`;
}

/** Scheme, host and port of a URL, in one spelling; null where it is none of http. */
export function originOf(url: string): string | null {
  const parts = /^(https?):\/\/(?:[^/?#@\\]*@)?(\[[^\]]*\]|[^:/?#@\\]*)(?::(\d*))?(?=[/?#]|$)/i.exec(url.trim());
  if (parts === null) return null;
  const [, scheme = '', host = '', port = ''] = parts;
  const usual = scheme.toLowerCase() === 'https' ? '443' : '80';
  return `${scheme}://${host}:${port === '' ? usual : Number(port)}`.toLowerCase();
}

/** Whether two URLs lead to the same scheme, host and port: what is meant for one may be sent to the other. */
export function hasSameOrigin(a: string, b: string): boolean {
  const origin = originOf(a);
  return origin !== null && origin === originOf(b);
}
