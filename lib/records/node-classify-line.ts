import { isLogLine } from './node-log-line.ts';
import { LINE_START } from './record-line.ts';

/**
 * What a line of k6's `--out json`, of its console or of our own records holds. `own`: a line that names its kind. `log`: a line as k6's
 * log writes it, which may hold one. `record`: a record without that. `broken`: not a JSON object at all. `other`: a sample that no
 * report needs, which is nearly every line. `foreign`: an object that neither k6 nor this tool begins so.
 */
export type LineKind =
  | 'own'
  | 'log'
  | 'record'
  | 'request'
  | 'warmup'
  | 'light'
  | 'run'
  | 'connection'
  | 'connect'
  | 'sent'
  | 'dropped'
  | 'vus'
  | 'other'
  | 'foreign'
  | 'broken';

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const OWN_START = Buffer.from(LINE_START);
const RECORD_START = Buffer.from('{"v":');
const TYPE_FIRST = Buffer.from('{"type":"Point"');
/** How k6 begins a line, now and in older versions. */
const METRIC_START = Buffer.from('{"metric":"');
const TYPE_START = Buffer.from('{"type":"');

/** Metrics a report needs, each with how its lines start, and how they end where a writer puts the name last. */
const WANTED = (
  [
    ['request', 'llm_requests'],
    ['warmup', 'llm_warmup_requests'],
    ['light', 'llm_probe_requests'],
    ['run', 'llm_run'],
    ['connection', 'llm_connection_test'],
    ['connect', 'llm_connect'],
    ['sent', 'llm_requests_sent'],
    ['dropped', 'dropped_iterations'],
    ['vus', 'vus_max'],
  ] as const
).map(([kind, metric]) => ({
  kind,
  start: Buffer.from(`{"metric":"${metric}","type":"Point"`),
  end: Buffer.from(`,"metric":"${metric}"}`),
}));

/** Offset of the first key's first letter. */
const KEY_AT = 2;
/** Offset of the metric's first letter in `{"metric":"`; and of the letter after `llm_`, which tells most of them apart. */
const NAME_AT = 11;
const BEHIND_PREFIX_AT = NAME_AT + 4;
const FIRST_LETTERS = new Set(['l', 'd', 'v'].map((letter) => letter.charCodeAt(0)));
const L = 'l'.charCodeAt(0);
const LETTERS_BEHIND = new Set(['r', 'w', 'p', 'c'].map((letter) => letter.charCodeAt(0)));

/** Whether a line goes on with these bytes at a place. */
export function startsWith(line: Buffer, prefix: Buffer, at = 0): boolean {
  const end = at + prefix.length;
  return line.length >= end && line.compare(prefix, 0, prefix.length, at, end) === 0;
}

function endsWith(line: Buffer, suffix: Buffer): boolean {
  return line.length >= suffix.length && line.compare(suffix, 0, suffix.length, line.length - suffix.length) === 0;
}

/**
 * Tells by its bytes what a line holds, without parsing it: of a run's lines one in hundreds is a request, the others are
 * looked at in three places.
 */
export function classifyLine(line: Buffer): LineKind {
  if (line[0] !== OPEN_BRACE) return isLogLine(line) ? 'log' : 'broken';
  if (line[KEY_AT] === L && startsWith(line, OWN_START)) return 'own';
  if (line[KEY_AT] === L && isLogLine(line)) return 'log';
  if (line[line.length - 1] !== CLOSE_BRACE) return 'broken';
  const first = line[NAME_AT] ?? 0;
  if (FIRST_LETTERS.has(first) && (first !== L || LETTERS_BEHIND.has(line[BEHIND_PREFIX_AT] ?? 0))) {
    const found = WANTED.find(({ start }) => startsWith(line, start));
    if (found !== undefined) return found.kind;
  }
  if (startsWith(line, METRIC_START)) return 'other';
  if (startsWith(line, RECORD_START)) return 'record';
  if (!startsWith(line, TYPE_FIRST)) return startsWith(line, TYPE_START) ? 'other' : 'foreign';
  return WANTED.find(({ end }) => endsWith(line, end))?.kind ?? 'other';
}
