import type { MockOptions } from './knobs.ts';
import type { Shape } from './shape-parts.ts';
import { isOutput, type Step, type StreamEnd, type StreamEvent } from './step.ts';

/** One event as the text that goes over the wire. */
export interface FramedEvent {
  readonly due: number;
  readonly text: string;
  readonly event: StreamEvent;
}

/** Puts SSE lines around the payloads; `change` makes of each event's text what the shape wants. */
export function* frameEvents(
  steps: Iterable<Step>,
  options: MockOptions,
  change: Shape['frame'] = (text) => text,
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
    const text = step.raw ? payload : frame(payload, id++, step.name, options);
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
