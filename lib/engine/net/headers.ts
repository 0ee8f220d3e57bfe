import { ownValue } from '../../shared/own-value.ts';

/** Go's canonical form of a header name: `x-request-id` becomes `X-Request-Id`; names that are not tokens stay. */
function canonicalHeader(name: string): string {
  if (!TOKEN.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (match) => match.toUpperCase());
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Response headers from Node's flat list; several of one name are joined with a comma, as k6 does. What is about the
 * connection (`Transfer-Encoding`, `Trailer`, `Connection: close`) is not shown, as Go's client takes it out.
 */
export function readHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = canonicalHeader(raw[i] as string);
    const value = fromWire(raw[i + 1] as string);
    const before = ownValue(headers, name);
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  delete headers['Transfer-Encoding'];
  delete headers['Trailer'];
  if (headers['Connection']?.toLowerCase() === 'close') delete headers['Connection'];
  return headers;
}

/** Headers that the client sets itself; a script that sets them means the same. */
const OWN = new Set(['content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'expect']);

/**
 * Request headers by lower-case name, later ones replacing earlier ones.
 *
 * @throws {Error} Go's text for a name or value that cannot be sent
 */
export function requestHeaders(...maps: readonly unknown[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const map of maps) {
    if (map === undefined || map === null) continue;
    for (const [name, value] of Object.entries(map)) {
      const text = Array.isArray(value) ? value.join(',') : String(value);
      if (!TOKEN.test(name)) throw new Error(`net/http: invalid header field name ${JSON.stringify(name)}`);
      if (hasControlCharacter(text)) {
        throw new Error(`net/http: invalid header field value for ${JSON.stringify(canonicalHeader(name))}`);
      }
      const key = name.toLowerCase();
      if (!OWN.has(key)) headers[key] = toWire(text);
    }
  }
  return headers;
}

/** Header values are bytes; text outside ASCII goes out as UTF-8, as from Go. */
function toWire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function fromWire(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && code !== 9) || code === 127) return true;
  }
  return false;
}
