import { decodeBase64 } from '../shared/base64.ts';
import { createMasker, MASK } from '../shared/mask-secrets.ts';
import { decodeWord, isHarmless, SECRET_BODY_KEY, SECRET_NAME } from './harmless-names.ts';
import type { RunConfig } from './parameters.ts';

/** Headers with every value masked but those of names that are known to be harmless. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, isHarmless(name) ? value : MASK]));
}

/** A URL, right or wrong, with its user information and the values of all but harmless parameters masked. */
export function maskUrl(url: string): string {
  // Up to the last @ before the path, as URL parsers read it.
  const withoutUser = url.replace(/^([a-z]+:\/\/|\/\/)?[^/?#]*@/i, (_, start = '') => `${start}${MASK}@`);
  return withoutUser.replace(/([?&])([^=&#]*)(=?)([^&#]*)/g, (whole, mark, name, equals) => {
    if (equals === '') return isHarmless(name) || name === '' ? whole : `${mark}${MASK}`;
    return isHarmless(name) ? whole : `${mark}${name}=${MASK}`;
  });
}

/** A JSON value with everything masked that a secret-looking key holds, at any depth, and its texts as `mask` makes them. */
export function maskJson(value: unknown, mask = (text: string): string => text): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskJson(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [mask(key), SECRET_BODY_KEY.test(key) ? MASK : maskJson(inner, mask)]),
  );
}

type SecretSettings = Pick<RunConfig, 'apiKey' | 'headers' | 'url'> &
  Partial<
    Pick<RunConfig, 'extraArgs' | 'queryTemplate' | 'urls' | 'serverMetrics' | 'serverMetricsHeaders' | 'gpuMetrics'>
  >;

/**
 * Takes every secret of a run out of a text that a server or an engine made: the key, the values of headers and of
 * the URL's parameters, whole and in parts (a server may show what follows `Token`, or the password of `Basic`), and what
 * secret-looking keys of the request body hold.
 *
 * @param env where the proxies are named, whose passwords they may show
 */
export function createSecretMasker(
  config: SecretSettings,
  env: Readonly<Record<string, string | undefined>> = {},
): (text: string) => string {
  const { apiKey, headers, url, urls = [url], extraArgs = {}, queryTemplate = null } = config;
  const { serverMetrics = [], serverMetricsHeaders = {}, gpuMetrics = [] } = config;
  const pages = [...(serverMetrics === 'auto' ? [] : serverMetrics), ...gpuMetrics];
  const allHeaders = [...Object.entries(headers), ...Object.entries(serverMetricsHeaders)];
  const pairs = [...allHeaders, ...[...urls, ...pages].flatMap(listParameters)].filter(([name]) => !isHarmless(name));
  const values = pairs.flatMap(([name, value]) => {
    const parts = value.split(/[\s;,=]+/);
    return [value, ...parts, ...parts.flatMap(readBasic)].filter(
      (part) => isLikeKey(part) || (part === value && SECRET_NAME.test(name)),
    );
  });
  const ofBody = [...listBodySecrets(extraArgs), ...listBodySecrets(queryTemplate)];
  return createMasker([apiKey, ...values, ...ofBody, ...listProxySecrets(env)]);
}

/** User and password of the proxies' URLs, as they are written and decoded. */
function listProxySecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].flatMap((name) => {
    const [, user = ''] = /^(?:[a-z0-9+.-]+:\/\/)?([^/?#]*)@/i.exec(env[name] ?? '') ?? [];
    const password = user.slice(user.indexOf(':') + 1);
    return user.includes(':') ? [user, decodeWord(user), ...[password, decodeWord(password)].filter(isLikeKey)] : [];
  });
}

/** Words like `Bearer` and `session` are in many texts, and no key is so short. */
function isLikeKey(part: string): boolean {
  return part.length >= 8;
}

/** A URL's parameters, as they are written and decoded. */
function listParameters(url: string): [name: string, value: string][] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  return query.split('&').flatMap((pair) => {
    const at = pair.indexOf('=');
    // A parameter without a name is all value.
    const name = pair.slice(0, Math.max(0, at));
    const value = pair.slice(at + 1);
    return [value, decodeWord(value)].map((text): [string, string] => [name, text]);
  });
}

/** Every text that a secret-looking key of a JSON value holds. */
function listBodySecrets(value: unknown, isSecret = false): string[] {
  if (typeof value === 'string') return isSecret ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => listBodySecrets(item, isSecret));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => listBodySecrets(inner, isSecret || SECRET_BODY_KEY.test(key)));
}

/** The password in the base64 of `user:password`, which a server that decodes it may show; nothing where it is none. */
function readBasic(part: string): string[] {
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(part)) return [];
  const text = decodeBase64(part);
  const at = text.indexOf(':');
  return at < 0 || !/^[\x20-\x7e]+$/.test(text) ? [] : [text, text.slice(at + 1)];
}
