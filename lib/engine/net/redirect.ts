/** What to send after a redirect. */
export interface RequestTarget {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** Go's limit. */
export const MOST_REDIRECTS = 10;

/**
 * Follows a redirect as Go's client does: 307 and 308 repeat the request, the others become GET without a body (HEAD
 * stays HEAD). Unlike Go it stays within the origin (scheme, host and port): no header and no prompt of the user's leaves
 * it, whatever it is called.
 *
 * @returns the next request; null when the response is not a redirect, or one to another origin
 * @throws {Error} when the location is not a URL, with Go's text
 */
export function nextTarget(target: RequestTarget, status: number, location: string | undefined): RequestTarget | null {
  if (![301, 302, 303, 307, 308].includes(status) || !location) return null;
  const from = new URL(target.url);
  if (!URL.canParse(location, target.url))
    throw new Error(`failed to parse Location header ${JSON.stringify(location)}`);
  const to = new URL(location, from);
  if (to.origin !== from.origin) return null;
  const repeat = status === 307 || status === 308 || target.method === 'GET' || target.method === 'HEAD';
  const dropped = repeat ? [] : ['content-type', 'content-encoding'];
  return {
    url: to.href,
    method: repeat ? target.method : 'GET',
    headers: Object.fromEntries(Object.entries(target.headers).filter(([name]) => !dropped.includes(name))),
    body: repeat ? target.body : null,
  };
}
