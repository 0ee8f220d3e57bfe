import type { Api } from '../api/api.ts';
import type { Milliseconds } from '../shared/units.ts';
import { type AlikeEvents, BLOCK_SLOTS, type EarlyEvents, type EventPart, newBlock } from './event-texts.ts';
import { type AnswerReader, createDeltaReader } from './read-deltas.ts';
import { type Clock, MAX_TEXT, type ReceivedAnswer } from './received-answer.ts';

/** What xk6-sse calls a line that is not an SSE field: the body of an error, HTML. The stream goes on after it. */
const UNKNOWN_EVENT = 'unknown event: ';

/** A field that xk6-sse does not know, since it takes the byte order mark in front for a part of the name. */
const MARKED_DATA = '\ufeffdata:';

/** Sorts after everything that can follow a key in JSON. ASCII: k6 compares such texts without decoding them. */
const LAST = '~';

/** How like events begin: their first key, as in `{"id":`, and where that is their type, the type. */
const BEGINNING = /^\{(?:\s*"type"\s*:\s*"[^"]*"|[^:]*:)/;
const LONGEST_BEGINNING = 80;

/** An event as the transport hands it over. */
interface StreamEvent {
  readonly data: string;
  /** `event: …`; empty for most. */
  readonly name: string;
}

/** Keeps the events of one stream with their times, and ends it when it is done or cannot go on. */
export interface EventRecorder {
  /** The handler of `event`. */
  readonly onEvent: (event: StreamEvent) => void;
  /** Takes the text of an `error`; k6/x/sse tells lines of JSON as such, which go to the handler of `event`. */
  readonly onError: (message: string, take: EventRecorder['onEvent']) => void;
  /** Ends the stream from outside; what it still hands over does not count. */
  readonly close: () => void;
  /** What was kept. */
  readonly finish: () => Pick<ReceivedAnswer, 'data' | 'done' | 'error' | 'text' | 'internalError'> & {
    readonly times: Milliseconds[];
  };
}

/**
 * Creates the handlers of one stream.
 *
 * The event handler takes the clock and keeps the text; everything else waits until the stream is over, because a slow
 * handler holds the stream back and moves the timestamps that follow. But where events come slowly, and in a long answer,
 * the texts are looked at once in a block, and forgotten where they are alike: at the end of the request little is left,
 * and long answers do not fill the memory. Each step of it costs every event time in k6 (docs/accuracy.md), so what is seldom
 * (a ping, `[DONE]`, a timeout, an error) is found by three comparisons and handled elsewhere: usual is what begins like the
 * last usual event, up to its first key. There alone the name of an event is looked at, and that of the last event of all.
 * @param readTimeoutMs the longest time without any event
 * @param closeStream may be called more than once
 * @param keepText whether the texts of events are wanted that differ in nothing else
 */
export function createEventRecorder(
  clock: Clock,
  readTimeoutMs: Milliseconds,
  closeStream: () => void,
  keepText: boolean,
  api: AnswerReader & Pick<Api, 'endOf' | 'endsAnywhere' | 'isLines'>,
): EventRecorder {
  const times: Milliseconds[] = [];
  let keeper: EventKeeper | null = null;
  /** Where an event that begins like the others sorts: nowhere, before the first. */
  let usualFrom = LAST;
  let usualTo = '';
  let last: StreamEvent | null = null;
  let names: Map<number, string> | null = null;
  let internalError: string | null = null;
  let block = newBlock();
  /** Where the next event goes in the block. */
  let slot = 0;
  /** Where the block is looked at: first at another event in each stream, since streams that begin together get theirs together. */
  let lookAt = LOOK_SLOTS - 2 * (Math.floor(clock.currentTestRunDuration * 1000) % STAGGERED_EVENTS);
  let count = 0;
  let done = false;
  let error = '';
  let text = '';
  let closed = false;
  /** The last event that was not kept, a ping; at first the start. */
  let lastSeldom = clock.currentTestRunDuration;
  /** No read timeout is possible up to here: one limit after some earlier event. */
  let safeUntil = lastSeldom + readTimeoutMs;

  function close(): void {
    closed = true;
    safeUntil = Number.NEGATIVE_INFINITY;
    closeStream();
  }

  function takeSeldom(event: StreamEvent, payload: string, time: Milliseconds): void {
    if (closed) return;
    const name = nameOf(event);
    const end = api.endOf(payload, name);
    const silence = time - Math.max(lastSeldom, times[count - 1] ?? lastSeldom);
    safeUntil = time + readTimeoutMs;
    if (silence > readTimeoutMs) {
      error = `read timeout: no event for ${Math.round(silence)} ms`;
      close();
    } else if (end === 'mark') {
      done = true;
      close();
    } else if (payload === '' && name === '') {
      lastSeldom = time;
    } else {
      learnBeginning(payload);
      last = event;
      noteName();
      keep(payload, time);
      if (end === null) return;
      done = true;
      close();
    }
  }

  function learnBeginning(payload: string): void {
    const [beginning] = BEGINNING.exec(payload.slice(0, LONGEST_BEGINNING)) ?? [];
    if (beginning === undefined || api.endsAnywhere) return;
    usualFrom = beginning;
    usualTo = beginning + LAST;
  }

  /** Keeps the name of the event that is about to be kept, or was kept last. */
  function noteName(index = count): void {
    const name = last === null ? '' : nameOf(last);
    if (name === '') return;
    names ??= new Map();
    names.set(index, name);
  }

  function keep(payload: string, time: Milliseconds): void {
    times[count++] = time;
    block[slot] = payload;
    slot += 2;
    if (slot === lookAt) endBlock();
  }

  function endBlock(): void {
    const from = count - slot / 2;
    const isSlow = (times[count - 1] as number) - (times[0] as number) > count * SLOW_GAP_MS;
    try {
      keeper ??= createEventKeeper(api, keepText);
      if ((isSlow || from >= RAW_EVENTS) && keeper.look(block, slot, from, names)) {
        block[0] = block[slot - 2] as string;
        slot = 2;
      } else if (slot === BLOCK_SLOTS) {
        block = keeper.keep(block, from);
        slot = 0;
      }
    } catch (problem) {
      // An exception of a handler ends a stream in k6 without a word of it in the results.
      internalError ??= String(problem);
      slot = 0;
      close();
    }
    lookAt = isSlow && slot < LOOK_SLOTS ? LOOK_SLOTS : BLOCK_SLOTS;
  }

  function onEvent(event: StreamEvent): void {
    const time = clock.currentTestRunDuration;
    const payload = event.data;
    if (time > safeUntil || payload < usualFrom || payload > usualTo) {
      takeSeldom(event, payload, time);
    } else {
      last = event;
      // As `keep` does, without the time of a call.
      times[count++] = time;
      block[slot] = payload;
      slot += 2;
      if (slot === lookAt) endBlock();
    }
  }

  return {
    onEvent,
    onError: (message, take) => {
      if (message.startsWith(UNKNOWN_EVENT)) {
        const line = message.slice(UNKNOWN_EVENT.length);
        if (api.isLines === true && line.startsWith('{')) {
          take({ name: '', data: line.trim() });
          return;
        }
        const marked = line.startsWith(MARKED_DATA) ? unmark(line) : null;
        if (marked !== null) takeSeldom(marked, marked.data, clock.currentTestRunDuration);
        else if (text.length < MAX_TEXT) text += line.slice(0, MAX_TEXT);
      } else if (!closed) {
        error = message;
        close();
      }
    },
    close,
    finish: () => {
      if (count > 0) noteName(count - 1);
      // It may have begun like those before it.
      if (error === '' && last !== null && api.endOf(last.data, nameOf(last)) !== null) done = true;
      const from = count - slot / 2;
      const rest = { kind: 'raw', from, to: count, block: block.slice(0, slot) } as const;
      const full = keeper?.parts ?? [];
      const parts = slot === 0 ? full : [...full, rest];
      const seen = { times, data: { length: count, parts, names }, done, error, text };
      return internalError === null ? seen : { ...seen, internalError };
    },
  };
}

/** With CRLF line ends xk6-sse leaves the CR in the name. */
function nameOf(event: StreamEvent): string {
  return (event.name ?? '').trim();
}

function unmark(line: string): StreamEvent {
  return { name: '', data: line.slice(MARKED_DATA.length).trim() };
}

/** Where events come no faster, a look between two of them holds up none. */
const SLOW_GAP_MS = 2;
/** Events between two looks at a slow stream: few, so that few are left at its end. */
const LOOK_EVENTS = 16;
const LOOK_SLOTS = LOOK_EVENTS * 2;
/** The first look is up to one less than so many events earlier. Two are read before alike ones can be found. */
const STAGGERED_EVENTS = LOOK_EVENTS - 4;

/**
 * So many events of a fast stream are kept as they are. Most answers are shorter: reading them when the stream is over costs
 * less, since k6 then has nothing else in its caches, and does not hold a stream back.
 */
const RAW_EVENTS = 1024;
/** After so many looks in a row at events that are not alike, there are no more: the server's chunks are all different. */
const MOST_FAILED_LOOKS = 4;
/** Where a stream begins: a role, and what follows it. */
const MOST_READ_ALONE = 4;

/** Keeps the events of one stream. */
interface EventKeeper {
  /**
   * Looks at the events of a block, but for the last one, which may be the last of all; what is alike needs no text any more.
   *
   * @param slots of the block that are filled
   * @param from index of its first event
   * @returns whether they are alike, and kept; if not, nothing has changed
   */
  readonly look: (block: readonly string[], slots: number, from: number, names: EventNames) => boolean;
  /** Keeps a full block as it is. @returns the block to fill next */
  readonly keep: (block: readonly string[], from: number) => string[];
  readonly parts: readonly EventPart[];
}

type EventNames = ReadonlyMap<number, string> | null;

/**
 * Creates a keeper that forgets the texts of like events: of a chunk of 220 bytes a count remains, and its
 * time. Else 100 answers of 32,000 tokens fill 2 GB.
 * @param keepText whether what the model wrote is wanted
 */
function createEventKeeper(api: AnswerReader, keepText: boolean): EventKeeper {
  const reader = createDeltaReader(api, keepText);
  const parts: EventPart[] = [];
  let hasShape = false;
  let failedLooks = 0;
  let open: { kind: 'alike'; from: number; to: number; delta: AlikeEvents['delta']; texts: string[] } | null = null;

  function look(block: readonly string[], slots: number, from: number, names: EventNames): boolean {
    if (failedLooks === MOST_FAILED_LOOKS) return false;
    const alone = hasShape ? [] : readAlone(block, slots, from, names);
    const start = alone.length * 2;
    const alike = reader.readAlike(block.slice(start, slots - 2));
    if (alike === null) {
      failedLooks += 1;
      // The shape of the last event is the best guess for the next look.
      reader.read(block[slots - 2] as string, '');
      hasShape = true;
      return false;
    }
    failedLooks = 0;
    hasShape = true;
    if (alone.length > 0) parts.push({ kind: 'read', from, deltas: alone });
    const to = from + slots / 2 - 1;
    if (open?.delta !== alike.delta) {
      open = { kind: 'alike', from: from + alone.length, to, delta: alike.delta, texts: [] };
      parts.push(open);
    }
    open.to = to;
    if (keepText) open.texts.push(alike.text);
    return true;
  }

  /** The first events, up to the first token. */
  function readAlone(block: readonly string[], slots: number, from: number, names: EventNames): EarlyEvents['deltas'] {
    const deltas: EarlyEvents['deltas'][number][] = [];
    for (let i = 0; i < MOST_READ_ALONE && i * 2 < slots - 2; i++) {
      const delta = reader.read(block[i * 2] as string, names?.get(from + i) ?? '');
      deltas.push(delta);
      if (delta.hasOutput) break;
    }
    return deltas;
  }

  return {
    look,
    keep: (block, from) => {
      parts.push({ kind: 'raw', from, to: from + block.length / 2, block });
      open = null;
      return newBlock();
    },
    parts,
  };
}
