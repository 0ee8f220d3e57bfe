import type { Api } from '../api/api.ts';
import type { Delta } from '../api/delta.ts';
import { BLOCK_EVENTS, EVENT_END, type EventTexts, joinBlock } from './event-texts.ts';

/** The body of a JSON string, between its quotes (RFC 8259, section 7). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a raw control character is what must not match.
const STRING_BODY = /^(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))+$/;

/** A longer body is left to the JSON parser: a regular expression takes stack for every character of it. */
const LONGEST_TESTED = 4096;

/** As many shapes as are kept for one stream: content and reasoning of a few choices. */
const MAX_TEMPLATES = 6;

/** Valid in a string's body, and never part of an escape: bodies joined by it are valid exactly when each of them is. */
const BETWEEN_BODIES = ' ';

/** What an API knows of its answers. */
export type AnswerReader = Pick<Api, 'readEvent' | 'textFields' | 'noise' | 'preface'>;

/** Replaces an API's noise: a field that says nothing. */
const SILENCE = '"n":0';

/** A chunk with its one varying string cut out: `head + <JSON string body> + tail`. */
interface Template {
  readonly head: string;
  readonly tail: string;
  readonly delta: Delta;
}

/** What one VU knows of its service's chunks, from the end of their preface on. */
interface Memory {
  readonly readEvent: Api['readEvent'];
  /** Those that are not plain tokens: a role, a finish reason. */
  readonly deltas: Map<string, Delta>;
  readonly templates: Template[];
}

/** More different ones are not all of a kind. */
const MOST_REMEMBERED = 16;
const LONGEST_REMEMBERED = 1024;

let memory: Memory | null = null;

/** Events in a row that differ in their text alone. */
interface AlikeDeltas {
  /** What each of them is; its `text` is that of another event. */
  readonly delta: Delta;
  /** The texts of all of them, one after the other; empty unless text is kept. */
  readonly text: string;
}

/** Reads the events of one stream, in order. */
interface DeltaReader {
  /** Reads one event, as the API does. @param name of the event; empty for most */
  read(data: string, name: string): Delta;
  /**
   * Reads many events at once.
   *
   * @param block events, each followed by its `EVENT_END`
   * @returns null when they are not all of the shape that was seen last: then they have to be read one by one
   */
  readAlike(block: readonly string[]): AlikeDeltas | null;
}

/**
 * Creates a reader of one stream's events that parses only those that differ in more than their text.
 *
 * Within one stream, chunks are equal to the byte but for one string. In k6, comparing the head and tail of such a chunk
 * is several times faster than `JSON.parse`, and finding that a thousand of them are alike, which native code does, is
 * faster still (docs/accuracy.md). A template is proven before it is used: a marker put in place of the string has to come back as the chunk's text,
 * and what is between head and tail has to be the body of one JSON string; so the result is the one the API
 * gives, whatever the server sends.
 *
 * Templates, and the few chunks that are not tokens, are remembered for the VU's next answers, from the end of the preface on:
 * else the first token of each answer would be read three times.
 * @param keepText whether `Delta.text` is needed for chunks read through a template (else it is the template's own)
 */
export function createDeltaReader(api: AnswerReader, keepText: boolean): DeltaReader {
  const { readEvent, noise, preface } = api;
  const templates: Template[] = [];
  let last: Template | null = null;
  /** Of this answer; null before it was seen. */
  let ownPreface: string | null = null;
  if (memory?.readEvent !== readEvent) memory = { readEvent, deltas: new Map(), templates: [] };
  const { deltas, templates: knownTemplates } = memory;

  /** What follows the preface; null without one. */
  function behindPreface(data: string): string | null {
    if (preface === undefined) return null;
    if (ownPreface === null || !data.startsWith(ownPreface)) ownPreface = preface.exec(data)?.[0] ?? null;
    return ownPreface === null ? null : data.slice(ownPreface.length);
  }

  /** Takes over the templates of earlier answers that this chunk fits. */
  function recallTemplate(rest: string): boolean {
    if (templates.length === MAX_TEMPLATES) return false;
    const template = knownTemplates.find(({ head, tail }) => rest.startsWith(head) && rest.endsWith(tail));
    if (template === undefined) return false;
    const own = { ...template, head: ownPreface + template.head };
    if (templates.some(({ head, tail }) => head === own.head && tail === own.tail)) return false;
    templates.push(own);
    return true;
  }

  function remember(rest: string, delta: Delta, template: Template | null): void {
    if (template !== null && ownPreface !== null && template.head.startsWith(ownPreface)) {
      if (knownTemplates.length === MOST_REMEMBERED) return;
      knownTemplates.push({ ...template, head: template.head.slice(ownPreface.length) });
    } else if (delta.kind === 'chunk' && deltas.size < MOST_REMEMBERED && rest.length <= LONGEST_REMEMBERED) {
      deltas.set(rest, delta);
    }
  }

  function read(event: string, name: string): Delta {
    if (name !== '') return readEvent(event, name);
    const data = noise === undefined ? event : event.replace(noise, SILENCE);
    const known = readByTemplate(data);
    if (known !== null) return known;
    const rest = behindPreface(data);
    if (rest !== null) {
      const remembered = deltas.get(rest) ?? (recallTemplate(rest) ? readByTemplate(data) : null);
      if (remembered !== null) return remembered;
    }
    const delta = readEvent(data, '');
    // Its words are shown as they came.
    if (data !== event && delta.kind !== 'chunk') return readEvent(event, '');
    const template = templates.length < MAX_TEMPLATES && isPlainToken(delta) ? learnTemplate(api, data, delta) : null;
    if (template !== null) {
      templates.push(template);
      last = template;
    }
    if (rest !== null) remember(rest, delta, template);
    return delta;
  }

  function readByTemplate(data: string): Delta | null {
    for (let i = 0; i < templates.length; i++) {
      const template = templates[i] as Template;
      const { head, tail, delta } = template;
      const end = data.length - tail.length;
      if (end <= head.length || !data.startsWith(head) || !data.endsWith(tail)) continue;
      const body = data.slice(head.length, end);
      if (!(body.length > LONGEST_TESTED ? isStringBody(body) : STRING_BODY.test(body))) continue;
      last = template;
      return keepText ? { ...delta, text: JSON.parse(`"${body}"`) as string } : delta;
    }
    return null;
  }

  function readAlike(block: readonly string[]): AlikeDeltas | null {
    if (last === null) return null;
    const bodies = cutBodies(block, last, noise);
    if (bodies === null) return null;
    return { delta: last.delta, text: keepText ? (JSON.parse(`"${bodies.join('')}"`) as string) : '' };
  }

  return { read, readAlike };
}

/**
 * The varying strings of events that are all of one shape; null when one of them is not.
 *
 * All events are joined and cut where one ends and the next begins. As many pieces as events, and no line end left in
 * any of them or in the shape, means that each cut is between two events.
 */
function cutBodies(block: readonly string[], { head, tail }: Template, noise?: RegExp): string[] | null {
  const whole = tryJoin(block);
  if (whole === null) return null;
  const joined = noise === undefined ? whole : whole.replace(noise, SILENCE);
  const end = tail + EVENT_END;
  if (!joined.startsWith(head) || !joined.endsWith(end)) return null;
  const bodies = joined.slice(head.length, joined.length - end.length).split(end + head);
  if (bodies.length * 2 !== block.length || bodies.includes('')) return null;
  return isStringBody(bodies.join(BETWEEN_BODIES)) ? bodies : null;
}

/** null where a text cannot be so long. */
function tryJoin(block: readonly string[]): string | null {
  try {
    return joinBlock(block);
  } catch {
    return null;
  }
}

/** As `STRING_BODY`, for a long text: there the JSON parser takes a fifth of the time. */
function isStringBody(text: string): boolean {
  try {
    return typeof JSON.parse(`"${text}"`) === 'string';
  } catch {
    return false;
  }
}

function isPlainToken(delta: Delta): boolean {
  const { kind, text, choices, usage } = delta;
  return kind === 'chunk' && text !== '' && usage === null && choices.every((part) => part.finishReason === null);
}

function learnTemplate({ readEvent, textFields }: AnswerReader, data: string, delta: Delta): Template | null {
  // Its end is looked for character by character, which takes k6 a second for a million of them.
  if (data.length > LONGEST_TESTED || data.includes(EVENT_END)) return null;
  const shape = shapeOf(delta);
  for (const field of textFields) {
    const at = data.indexOf(field);
    if (at < 0) continue;
    const start = at + field.length;
    const end = closingQuote(data, start);
    if (end <= start) continue;
    const head = data.slice(0, start);
    const tail = data.slice(end);
    const marker = '\u2063k6-llm-perf\u2063';
    const proof = readEvent(head + marker + tail, '');
    if (proof.text === marker && shapeOf(proof) === shape) return { head, tail, delta };
  }
  return null;
}

/** All that a delta says but its text. */
function shapeOf(delta: Delta): string {
  return JSON.stringify({ ...delta, text: '' });
}

/** Position of the quote that ends the JSON string whose body starts at `from`; -1 without one. */
function closingQuote(data: string, from: number): number {
  for (let i = from; i < data.length; i++) {
    const code = data.charCodeAt(i);
    if (code === 92) i++;
    else if (code === 34) return i;
  }
  return -1;
}

/** Fewer events than this are read one by one: looking at them together costs as much. */
const FEWEST_ALIKE = 8;
/** By how much the next look is shorter after one that failed, and longer after one that did not. */
const STEP = 4;
/** A stream ends in a few events of other shapes: a finish reason, usage. */
const CLOSING_EVENTS = 2;

/** Gets the events in their order. */
interface DeltaListener {
  onDelta(delta: Delta, index: number): void;
  /** Events `from` to `to` (excluded) differ in their text alone. All carry output, none a finish reason or usage. */
  onAlike(alike: AlikeDeltas, from: number, to: number): void;
}

/**
 * Reads the events of one stream: many at once where they are alike, which is nearly everywhere, the others one by one.
 *
 * The result is that of reading each with the API. Looks that fail become shorter, so a stream without like events
 * in a row costs little more than reading it one by one.
 * @param keepText whether texts are wanted
 */
export function walkDeltas(data: EventTexts, api: AnswerReader, keepText: boolean, listener: DeltaListener): void {
  const reader = createDeltaReader(api, keepText);
  const { names } = data;
  const end = data.length - CLOSING_EVENTS;
  let length = BLOCK_EVENTS;
  let mayBeAlike = false;

  function walkBlock(block: readonly string[], from: number, to: number): void {
    let index = from;
    while (index < to) {
      const lookTo = Math.min(index + length, to, end);
      const alike = mayBeAlike && lookTo - index >= FEWEST_ALIKE ? readAlike(block, index - from, lookTo - from) : null;
      if (alike !== null) {
        listener.onAlike(alike, index, lookTo);
        index = lookTo;
        length = Math.min(length * STEP, BLOCK_EVENTS);
      } else if (mayBeAlike && lookTo - index >= FEWEST_ALIKE * STEP) {
        length = Math.floor((lookTo - index) / STEP);
      } else {
        const readTo = mayBeAlike ? Math.min(index + FEWEST_ALIKE, to) : index + 1;
        for (; index < readTo; index++) {
          const delta = reader.read(block[(index - from) * 2] as string, names?.get(index) ?? '');
          mayBeAlike = delta.hasOutput;
          listener.onDelta(delta, index);
        }
        if (length < FEWEST_ALIKE * STEP) length = FEWEST_ALIKE;
      }
    }
  }

  function readAlike(block: readonly string[], from: number, to: number): AlikeDeltas | null {
    return reader.readAlike((to - from) * 2 === block.length ? block : block.slice(from * 2, to * 2));
  }

  for (const part of data.parts) {
    if (part.kind === 'raw') walkBlock(part.block, part.from, part.to);
    else if (part.kind === 'read')
      for (const [index, delta] of part.deltas.entries()) listener.onDelta(delta, part.from + index);
    else listener.onAlike({ delta: part.delta, text: part.texts.join('') }, part.from, part.to);
  }
}
