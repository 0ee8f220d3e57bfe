import { readFileSync } from 'node:fs';

const FIXTURES = new URL('../fixtures/streams/', import.meta.url);

/** A recorded answer without its headers and chunk framing. */
export function readRecordedBody(name: string): string {
  const text = readFileSync(new URL(name, FIXTURES), 'utf8');
  if (!text.startsWith('HTTP/')) return text;
  const body = text.slice(text.search(/\r?\n\r?\n/)).replace(/^(?:\r?\n){2}/, '');
  return name.endsWith('.raw.txt') ? unchunk(Buffer.from(body)) : body;
}

/** Takes HTTP chunk framing off; a stream that was cut ends where its bytes end. */
function unchunk(bytes: Buffer): string {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (!(size > 0)) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts).toString('utf8');
}
