import type { Milliseconds } from '../shared/units.ts';
import type { FramedEvent } from './frame-events.ts';
import type { MockOptions } from './knobs.ts';
import type { StreamEnd, StreamEvent } from './step.ts';

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
