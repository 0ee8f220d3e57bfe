import type { Api } from '../api/api.ts';
import type { Milliseconds } from '../shared/units.ts';
import { type AlikeEvents, BLOCK_EVENTS, BLOCK_SLOTS, newBlock, type RawEvents } from './event-texts.ts';
import { type AnswerReader, createDeltaReader } from './read-deltas.ts';
import { type Clock, MAX_TEXT, type ReceivedAnswer } from './received-answer.ts';

/** What xk6-sse calls a line that is no SSE field: the body of an error, HTML. The stream goes on after it. */
const UNKNOWN_EVENT = 'unknown event: ';

/** A field that xk6-sse does not know, since it takes the byte order mark in front for a part of the name. */
const MARKED_DATA = '\ufeffdata:';

/** Sorts behind everything that can follow a key in JSON. ASCII: k6 compares such texts without decoding them. */
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
  /** Takes the text of an `error`. */
  readonly onError: (message: string) => void;
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
 * handler holds the stream back and moves the timestamps that follow. Of a long answer, the texts are looked at once
 * in 32 events, in about 30 us, and forgotten where they are alike: else they would fill the memory. In k6 each step of it
 * costs every event about 0.1 us, so what is seldom (a ping, `[DONE]`, a timeout, an error) is found by three comparisons
 * and handled elsewhere: usual is what begins like the last usual event, up to its first key. There alone the name of an
 * event is looked at, and that of the last event of all.
 * @param readTimeoutMs the longest time without any event
 * @param closeStream may be called more than once
 * @param keepText whether the texts of events are wanted that differ in nothing else
 */
export function createEventRecorder(
  clock: Clock,
  readTimeoutMs: Milliseconds,
  closeStream: () => void,
  keepText: boolean,
  api: AnswerReader & Pick<Api, 'endOf'>,
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
    if (beginning === undefined) return;
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
    if (slot === BLOCK_SLOTS) endBlock();
  }

  function endBlock(): void {
    slot = 0;
    try {
      keeper ??= createEventKeeper(api, keepText);
      block = keeper.take(block, count - BLOCK_EVENTS);
    } catch (problem) {
      // An exception of a handler ends a stream in k6 without a word of it in the results.
      internalError ??= String(problem);
      close();
    }
  }

  return {
    onEvent: (event) => {
      const time = clock.currentTestRunDuration;
      const payload = event.data;
      if (time > safeUntil || payload < usualFrom || payload > usualTo) {
        takeSeldom(event, payload, time);
      } else {
        last = event;
        // As `keep` does; calling it costs 0.1 us.
        times[count++] = time;
        block[slot] = payload;
        slot += 2;
        if (slot === BLOCK_SLOTS) endBlock();
      }
    },
    onError: (message) => {
      if (message.startsWith(UNKNOWN_EVENT)) {
        const line = message.slice(UNKNOWN_EVENT.length);
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

/**
 * So many events are kept as they are. Most answers are shorter: reading them when the stream is over costs less, since k6
 * then has nothing else in its caches, and does not hold a stream back.
 */
const RAW_EVENTS = 1024;
/** After so many blocks in a row that are not alike, no more are looked at: the server's chunks are all different. */
const MOST_FAILED_LOOKS = 4;

/** Keeps the full blocks of one stream. */
interface EventKeeper {
  /**
   * Takes a full block.
   *
   * @param from index of its first event
   * @returns the block to fill next: the same one when nothing of it is needed any more
   */
  readonly take: (block: string[], from: number) => string[];
  readonly parts: readonly (RawEvents | AlikeEvents)[];
}

/**
 * Creates a keeper that forgets the texts of like events of a long answer: of a chunk of 220 bytes a count remains, and its
 * time. Else 100 answers of 32,000 tokens fill 2 GB.
 * @param keepText whether what the model wrote is wanted
 */
function createEventKeeper(api: AnswerReader, keepText: boolean): EventKeeper {
  const reader = createDeltaReader(api, keepText);
  const parts: (RawEvents | AlikeEvents)[] = [];
  let failedLooks = 0;
  let open: { kind: 'alike'; from: number; to: number; delta: AlikeEvents['delta']; texts: string[] } | null = null;

  function take(block: string[], from: number): string[] {
    const to = from + BLOCK_EVENTS;
    const alike = from >= RAW_EVENTS && failedLooks < MOST_FAILED_LOOKS ? reader.readAlike(block) : null;
    if (alike === null) {
      if (from >= RAW_EVENTS) failedLooks += 1;
      // The shape of the last event is the best guess for the next block.
      if (to >= RAW_EVENTS && failedLooks < MOST_FAILED_LOOKS) reader.read(block[block.length - 2] as string, '');
      parts.push({ kind: 'raw', from, to, block });
      open = null;
      return newBlock();
    }
    failedLooks = 0;
    if (open?.delta !== alike.delta) {
      open = { kind: 'alike', from, to, delta: alike.delta, texts: [] };
      parts.push(open);
    }
    open.to = to;
    if (keepText) open.texts.push(alike.text);
    return block;
  }

  return { take, parts };
}
