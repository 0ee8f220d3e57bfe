import type { Milliseconds } from '../shared/units.ts';
import type { Delta, Usage } from '../stream/delta.ts';
import type { Exchange } from '../stream/exchange.ts';
import { walkDeltas } from '../stream/walk-deltas.ts';
import type { StreamOutcome } from './classify-failure.ts';
import type { FirstStamps } from './ttft.ts';
import { readUsage } from './usage.ts';

/** Successive events, from the first to the one behind the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Everything the events of one request say. */
export interface Reading extends StreamOutcome, FirstStamps {
  /** Where the chunks that carry output stand among the events: as a rule one span. */
  readonly outputs: readonly Span[];
  /** Chunks that carry output. */
  readonly chunks: number;
  /** The last event that carries a chunk, on the run's clock; null without one or without times. */
  readonly lastChunkAt: Milliseconds | null;
  readonly usage: Usage;
  readonly finishReason: string | null;
  /** Empty unless text was asked for. */
  readonly response: string;
}

/**
 * Reads the events of an exchange in order, after the stream is over.
 *
 * @param startMs when the request was sent, on the run's clock
 * @param keepText whether the answer's text is wanted
 */
export function readEvents(exchange: Exchange, startMs: Milliseconds, keepText: boolean): Reading {
  const { times, data } = exchange;
  const noteworthy: Delta[] = [];
  const outputs: Span[] = [];
  const texts: string[] = [];
  let chunks = 0;
  let lastChunkAt: Milliseconds | null = null;
  let apiError = '';
  let malformed = '';
  let finishReason: string | null = null;
  let firstChoices: Milliseconds | null = null;
  let firstContent: Milliseconds | null = null;
  const timeOf = (index: number): Milliseconds | null => (times === null ? null : (times[index] as Milliseconds));
  walkDeltas(data, keepText, {
    onDelta(delta, index) {
      const time = timeOf(index);
      if (delta.kind === 'error') apiError ||= delta.problem;
      else if (delta.kind === 'malformed') malformed ||= delta.problem;
      else lastChunkAt = time;
      if (delta.hasOutput) {
        chunks += 1;
        extend(outputs, index, index + 1);
        if (keepText) texts.push(delta.text);
      }
      if (firstChoices === null && delta.hasChoices) firstChoices = time;
      if (firstContent === null && delta.hasContent) firstContent = time;
      if (delta.finishReason !== null) finishReason = delta.finishReason;
      if (delta.usage !== null || delta.finishReason !== null) noteworthy.push(delta);
    },
    onRun({ delta, text }, from, to) {
      chunks += to - from;
      extend(outputs, from, to);
      lastChunkAt = timeOf(to - 1);
      if (keepText) texts.push(text);
      if (firstChoices === null && delta.hasChoices) firstChoices = timeOf(from);
      if (firstContent === null && delta.hasContent) firstContent = timeOf(from);
    },
  });
  const since = (time: Milliseconds | null | undefined): Milliseconds | null =>
    time === null || time === undefined ? null : time - startMs;
  return {
    hasOutput: chunks > 0,
    finished: finishReason !== null,
    apiError,
    malformed,
    first_event_ms: since(times?.[0]),
    first_choices_ms: since(firstChoices),
    first_output_ms: since(outputs.length === 0 ? null : timeOf((outputs[0] as Span).from)),
    first_content_ms: since(firstContent),
    outputs,
    chunks,
    lastChunkAt,
    usage: readUsage(noteworthy),
    finishReason,
    response: texts.join(''),
  };
}

/** Adds events to the last span when they follow it, else as a span of their own. */
function extend(spans: Span[], from: number, to: number): void {
  const last = spans.at(-1);
  if (last !== undefined && last.to === from) spans[spans.length - 1] = { from: last.from, to };
  else spans.push({ from, to });
}
