import { formatHttpUrl, parseHttpUrl } from '../config/http-url.ts';

/**
 * Where a redirect leads, as long as that is within the origin (scheme, host and port) of the URL that was asked for.
 *
 * k6 has no `URL` class. A path that is relative to the last part of the URL's own is taken as Go takes it; `..` is left to
 * the server.
 * @returns null where it leads elsewhere, or cannot be read
 */
export function sameOriginTarget(url: string, location: string): string | null {
  const from = parseHttpUrl(url);
  if (from.state === 'refused' || location === '') return null;
  const base = { ...from.value, userinfo: null };
  const origin = formatHttpUrl({ ...base, path: '', query: '' });
  const absolute = location.startsWith('//')
    ? `${base.scheme}:${location}`
    : /^[a-z][a-z0-9+.-]*:/i.test(location)
      ? location
      : location.startsWith('/')
        ? `${origin}${location}`
        : `${origin}${base.path.replace(/[^/]*$/, '') || '/'}${location}`;
  const to = parseHttpUrl(absolute.replace(/#.*$/, ''));
  if (to.state === 'refused') return null;
  const { scheme, host, port } = to.value;
  const isSame =
    scheme === base.scheme &&
    host.toLowerCase() === base.host.toLowerCase() &&
    (port || defaultPort(scheme)) === (base.port || defaultPort(scheme));
  return isSame ? formatHttpUrl(to.value) : null;
}

function defaultPort(scheme: string): string {
  return scheme === 'https' ? '443' : '80';
}
