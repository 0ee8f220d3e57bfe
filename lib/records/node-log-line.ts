import { parseJson } from '../shared/json.ts';
import { LINE_START } from './record-line.ts';

/**
 * How k6 begins a line of its log: as text, as JSON, and as text for a terminal, whose level may be coloured. A console file has
 * them without `--log-format raw`, and so has a file of `--log-output`.
 */
const TEXT_START = Buffer.from('time="');
const JSON_START = Buffer.from('{"level":"');
const COLOURED_START = Buffer.from('\x1b[36mINFO');
const PLAIN_START = Buffer.from('INFO[');
const STARTS = [TEXT_START, JSON_START, COLOURED_START, PLAIN_START];
const FIRST_BYTES = new Set(STARTS.map((start) => start[0]));

/** Whether k6's log begins a line so. */
export function isLogLine(line: Buffer): boolean {
  return FIRST_BYTES.has(line[0]) && STARTS.some((start) => line.subarray(0, start.length).equals(start));
}

/** @returns the line of ours that a line of k6's log holds; null where it holds a message of somebody else, or is cut */
export function unwrapLogLine(line: Buffer): string | null {
  const text = line.toString('utf8');
  const message = text.startsWith('{')
    ? readJson(text)
    : text.startsWith('time="')
      ? readText(text)
      : readTerminal(text);
  return message?.startsWith(LINE_START) === true ? message : null;
}

function readJson(text: string): string | null {
  const { msg } = (parseJson(text) ?? {}) as { readonly msg?: unknown };
  return typeof msg === 'string' ? msg : null;
}

function readText(text: string): string | null {
  const [, quoted] = /^time="[^"]*" level=info msg=("(?:[^"\\]|\\.)*")/.exec(text) ?? [];
  if (quoted === undefined) return null;
  const message = parseJson(toJsonEscapes(quoted));
  return typeof message === 'string' ? message : null;
}

/** Go's escapes that JSON does not have. */
function toJsonEscapes(quoted: string): string {
  return quoted.replace(/\\(?:x(..)|U(.{8})|([av])|.)/gs, (found, byte, point, bell) => {
    if (byte !== undefined) return `\\u00${byte}`;
    if (point !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(point, 16), 0x10ffff));
    if (bell !== undefined) return bell === 'a' ? '\\u0007' : '\\u000b';
    return found;
  });
}

function readTerminal(text: string): string | null {
  const from = text.indexOf(LINE_START);
  return from === -1 ? null : text.slice(from, text.lastIndexOf('}') + 1);
}
