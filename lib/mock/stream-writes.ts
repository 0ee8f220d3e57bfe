import type { Milliseconds } from '../shared/units.ts';
import type { MockOptions } from './knobs.ts';
import type { Shape } from './shape-parts.ts';
import { isOutput, type Step, type StreamEnd, type StreamEvent } from './step.ts';

/** One event as the text that goes over the wire. */
interface FramedEvent {
  readonly due: number;
  readonly text: string;
  readonly event: StreamEvent;
}

/** Puts SSE lines around the payloads, or makes a line of each; `change` makes of each event's text what the shape wants. */
export function* frameEvents(
  steps: Iterable<Step>,
  options: MockOptions,
  change: Shape['frame'] = (text) => text,
  isLines = false,
): Generator<FramedEvent | StreamEnd> {
  let id = 0;
  let isFirst = true;
  let isPadded = options.bigLineBytes === 0;
  for (const step of steps) {
    if ('end' in step) {
      yield step;
      continue;
    }
    let payload = step.data;
    if (!isPadded && isOutput(step)) {
      payload = padLine(payload, options.bigLineBytes);
      isPadded = true;
    }
    const text = step.raw ? payload : isLines ? `${payload}\n` : frame(payload, id++, step.name, options);
    yield { due: step.due, text: change(options.crlf ? text.replaceAll('\n', '\r\n') : text, isFirst), event: step };
    isFirst = false;
  }
}

/**
 * The same stream without the newlines after its last event; `line` leaves the newline of the data line itself.
 * Each step is held until the next is known, so only streams that need it pass through here.
 */
export function* dropFinalNewline(
  steps: Iterable<FramedEvent | StreamEnd>,
  rest: 'on' | 'line',
): Generator<FramedEvent | StreamEnd> {
  let held: FramedEvent | null = null;
  for (const step of steps) {
    const isEnd = 'end' in step;
    if (held !== null && !isEnd) yield held;
    else if (held !== null) yield { ...held, text: cutNewlines(held.text, rest) };
    held = isEnd ? null : step;
    if (isEnd) yield step;
  }
}

function frame(payload: string, id: number, name: string | undefined, options: MockOptions): string {
  const event = name ?? (options.eventLines ? 'message' : null);
  const head = (event === null ? '' : `event: ${event}\n`) + (options.eventLines ? `id: ${id}\n` : '');
  const lines = options.multiLineData ? splitJson(payload) : [payload];
  return `${head}${lines.map((line) => `data: ${line}\n`).join('')}\n`;
}

/** Two parts of a JSON text that are the same JSON when a newline joins them: cut before `"choices"`, else after `{`. */
function splitJson(payload: string): string[] {
  if (!payload.startsWith('{')) return [payload];
  const at = payload.indexOf(',"choices":') + 1;
  return [payload.slice(0, at || 1), payload.slice(at || 1)];
}

/** Fills the line `data: …` up to a number of bytes with the padding field that OpenAI sends. */
function padLine(payload: string, bytes: number): string {
  const frame = 'data: '.length + ',"obfuscation":""'.length;
  const missing = bytes - frame - Buffer.byteLength(payload);
  return missing > 0 ? `${payload.slice(0, -1)},"obfuscation":"${'x'.repeat(missing)}"}` : payload;
}

function cutNewlines(text: string, rest: 'on' | 'line'): string {
  const bare = text.replace(/[\r\n]+$/, '');
  return rest === 'on' ? bare : bare + (text.endsWith('\r\n') ? '\r\n' : '\n');
}

/** Bytes that go to the socket together, and the events that are whole with them. */
export interface Write {
  readonly due: Milliseconds;
  readonly bytes: string | Buffer;
  readonly events: readonly StreamEvent[];
}

/** Puts framed events together, or takes them apart, into writes; their times never go back. */
export function* packWrites(
  steps: Iterable<FramedEvent | StreamEnd>,
  options: MockOptions,
): Generator<Write | StreamEnd> {
  let last = 0;
  for (const step of coalesce(steps, options.coalesce)) {
    last = Math.max(last, step.due);
    if ('end' in step) yield { ...step, due: last };
    else if (options.split) {
      const [head, tail] = cutInsideCharacter(step.bytes);
      yield { due: last, bytes: head, events: [] };
      last += options.splitMs;
      yield { due: last, bytes: tail, events: step.events };
    } else if (options.tinyChunks > 1) yield* sliceWrite({ ...step, due: last }, options.tinyChunks);
    else yield { ...step, due: last };
  }
}

/** Joins `count` events into one write that leaves when the last of them is due; the end of the stream flushes. */
function* coalesce(steps: Iterable<FramedEvent | StreamEnd>, count: number): Generator<Write | StreamEnd> {
  let texts: string[] = [];
  let events: StreamEvent[] = [];
  let due = 0;
  for (const step of steps) {
    const isEnd = 'end' in step;
    if (!isEnd) {
      texts.push(step.text);
      events.push(step.event);
      due = step.due;
    }
    if (texts.length > 0 && (isEnd || texts.length >= count)) {
      yield { due, bytes: texts.join(''), events };
      texts = [];
      events = [];
    }
    if (isEnd) yield step;
  }
}

/** Cuts after the first byte of the first character of several bytes; a text without one is cut in the middle. */
function cutInsideCharacter(text: string | Buffer): [Buffer, Buffer] {
  const bytes = Buffer.from(text as string);
  const lead = bytes.findIndex((byte) => byte >= 0xc0);
  const at = lead < 0 ? bytes.length >> 1 : lead + 1;
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

function* sliceWrite(write: Write, count: number): Generator<Write> {
  const bytes = Buffer.from(write.bytes as string);
  const size = Math.max(1, Math.ceil(bytes.length / count));
  for (let at = 0; at < bytes.length; at += size) {
    const isLast = at + size >= bytes.length;
    yield { due: write.due, bytes: bytes.subarray(at, at + size), events: isLast ? write.events : [] };
  }
}
