import { BlockList, isIP } from 'node:net';

/** The proxy for a URL; null where it is reached without one. */
export type ChooseProxy = (url: URL) => URL | null;

/**
 * Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, upper or lower case, as Go's `http.ProxyFromEnvironment` does, and so
 * k6: never for localhost and loopback addresses; `NO_PROXY` holds hosts (and so their subdomains),
 * `.domains`, addresses and networks, each with a port if it likes, or `*`.
 */
export function readProxies(env: Readonly<Record<string, string | undefined>>): ChooseProxy {
  const given = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const proxies = { 'http:': parseProxy(given('HTTP_PROXY')), 'https:': parseProxy(given('HTTPS_PROXY')) };
  if (proxies['http:'] === null && proxies['https:'] === null) return () => null;
  const bypasses = readBypasses(given('NO_PROXY'));
  return (url) => {
    const proxy = url.protocol === 'https:' ? proxies['https:'] : proxies['http:'];
    if (proxy === null) return null;
    const host = bareHost(url).toLowerCase();
    if (host === 'localhost' || isLoopback(host)) return null;
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return bypasses.some((bypasses) => bypasses(host, port)) ? null : proxy;
  };
}

/** The host of a URL, an IPv6 address without its brackets. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** A proxy without a scheme speaks HTTP; what is not a URL, user and password included, is none, as in Go. */
function parseProxy(text: string): URL | null {
  if (text === '') return null;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) return null;
  const proxy = new URL(url);
  try {
    decodeURIComponent(proxy.username + proxy.password);
    return proxy;
  } catch {
    return null;
  }
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || /^::ffff:7f[0-9a-f]{2}:/.test(host);
}

type Bypass = (host: string, port: string) => boolean;

function readBypasses(text: string): Bypass[] {
  return text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .map(readBypass);
}

function readBypass(entry: string): Bypass {
  if (entry === '*') return () => true;
  const network = /^(.*)\/(\d+)$/.exec(entry);
  if (network !== null) return readNetwork(network[1] ?? '', Number(network[2]));
  const { name, port } = splitPort(entry);
  const fitsPort = (given: string): boolean => port === '' || given === port;
  if (isIP(name) !== 0) return (host, given) => host === name && fitsPort(given);
  const domain = name.replace(/^\*(?=\.)/, '');
  const suffix = domain.startsWith('.') ? domain : `.${domain}`;
  return (host, given) => (host.endsWith(suffix) || host === domain) && fitsPort(given);
}

function readNetwork(address: string, prefix: number): Bypass {
  const family = isIP(address);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) !== 0 && list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

function splitPort(entry: string): { name: string; port: string } {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry);
  return { name: (parts?.[1] ?? entry).replace(/^\[|\]$/g, ''), port: parts?.[2] ?? '' };
}
