import type { Delta } from '../api/delta.ts';
import { classifyFinishReason } from '../api/finish-reasons.ts';
import { TOKEN_ID_FIELDS } from '../api/output-shapes.ts';
import type { Milliseconds } from '../shared/units.ts';
import { type AnswerReader, walkDeltas } from '../stream/read-deltas.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';
import type { StreamOutcome } from './classify-failure.ts';
import type { FirstStamps } from './ttft.ts';
import { combineUsage, type TokenCounts, type UsageEvent } from './usage.ts';

/** Successive events, from the first to the one after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Everything the events of one request say. */
export interface Reading extends StreamOutcome, FirstStamps {
  /** Where among the events the chunks with output are, for each choice that has some: as a rule one span. */
  readonly outputs: readonly (readonly Span[])[];
  /** Chunks that carry output. */
  readonly chunks: number;
  /** Those of them whose output is reasoning alone. */
  readonly reasoningChunks: number;
  readonly last_output_ms: Milliseconds | null;
  /** The last event that carries a chunk, since the start; null without one or without times. */
  readonly last_chunk_ms: Milliseconds | null;
  readonly usage: TokenCounts;
  readonly finishReason: string | null;
  /** Empty unless text was asked for. */
  readonly response: string;
  /** What in the answer was unknown, for a person. */
  readonly notes: readonly string[];
}

/** How an answer is read. */
export interface ReadingContext {
  /** The API's reader of its answers. */
  readonly reader: AnswerReader;
  /** When the request was sent, on the run's clock. */
  readonly startMs: Milliseconds;
  /** How many answers were asked for. */
  readonly choices: number;
  /** Whether the answer's text is wanted. */
  readonly keepText: boolean;
}

/** Reads the events of an answer in order, after the stream is over. */
export function readEvents(received: ReceivedAnswer, { reader, startMs, choices, keepText }: ReadingContext): Reading {
  const { times, data } = received;
  const outputs = new Map<number, Span[]>();
  const allOutputs: Span[] = [];
  const unknownOutputs: Span[] = [];
  const usages: UsageEvent[] = [];
  const texts: string[] = [];
  const unknownTexts: string[] = [];
  // Few each: making a set takes k6 longer than looking through them.
  const unknownFields: string[] = [];
  const seen: number[] = [];
  const ended: number[] = [];
  const reasons: string[] = [];
  let hasDeltas = false;
  let chunks = 0;
  let reasoningChunks = 0;
  let firstChunk: number | null = null;
  let lastChunk: number | null = null;
  let firstChoices: number | null = null;
  let firstContent: number | null = null;
  let lastFinished = 0;
  let apiError = '';
  let malformed = '';
  let lastOther = '';

  function addOutput(choice: number, from: number, to: number): void {
    const spans = outputs.get(choice);
    if (spans === undefined) outputs.set(choice, [{ from, to }]);
    else extend(spans, from, to);
  }

  function addChunk(delta: Delta, from: number, to: number): void {
    firstChunk ??= from;
    lastChunk = to - 1;
    if (delta.hasChoices) firstChoices ??= from;
    if (delta.hasContent) firstContent ??= from;
    if (!delta.hasOutput) return;
    hasDeltas ||= !delta.isWhole;
    chunks += to - from;
    if (delta.isReasoning) reasoningChunks += to - from;
    extend(allOutputs, from, to);
    // One choice is the rule, and a loop costs k6 as much as all before it.
    if (delta.choices.length === 1) addOutput(delta.choices[0]?.index ?? 0, from, to);
    else for (const { index, hasOutput } of delta.choices) if (hasOutput) addOutput(index, from, to);
  }

  walkDeltas(data, reader, keepText, {
    onDelta(delta, index) {
      if (delta.kind === 'error') apiError ||= delta.problem;
      else if (delta.kind === 'malformed') malformed ||= delta.problem;
      else if (delta.kind === 'other') lastOther = delta.problem || lastOther;
      if (delta.kind !== 'chunk') return;
      const repeats = delta.isWhole && hasDeltas;
      addChunk(repeats ? { ...delta, hasOutput: false, hasContent: false } : delta, index, index + 1);
      if (keepText && !repeats) texts.push(delta.text);
      for (const { index: choice, finishReason } of delta.choices) {
        addNew(seen, choice);
        if (finishReason === null) continue;
        reasons.push(finishReason);
        lastFinished = choice;
        addNew(ended, choice);
      }
      if (delta.usage !== null) {
        const choice = delta.hasChoices ? (delta.choices[0]?.index ?? 0) : lastFinished;
        usages.push({ usage: delta.usage, hasChoices: delta.hasChoices, choice });
      }
      if (delta.unknownFields.length > 0) {
        for (const field of delta.unknownFields) if (unknownFields.length < MOST_NOTES) addNew(unknownFields, field);
        extend(unknownOutputs, index, index + 1);
        if (keepText) unknownTexts.push(delta.unknownText);
      }
    },
    onAlike({ delta, text }, from, to) {
      addChunk(delta, from, to);
      if (keepText) texts.push(text);
      for (const { index } of delta.choices) addNew(seen, index);
    },
  });
  const isUnknownOutput = chunks === 0 && unknownOutputs.length > 0;
  if (isUnknownOutput) {
    allOutputs.push(...unknownOutputs);
    chunks = unknownOutputs.reduce((sum, { from, to }) => sum + to - from, 0);
  }
  const areSeveral = choices > 1 || areAnswers(outputs, ended.length, seen.length);
  const spans = areSeveral && outputs.size > 0 ? [...outputs.values()] : allOutputs.length > 0 ? [allOutputs] : [];
  let firstOutput: number | null = null;
  let lastOutput: number | null = null;
  for (const list of spans) {
    const { from } = list[0] as Span;
    const last = (list.at(-1) as Span).to - 1;
    if (firstOutput === null || from < firstOutput) firstOutput = from;
    if (lastOutput === null || last > lastOutput) lastOutput = last;
  }
  const since = (index: number | null): Milliseconds | null =>
    index === null || times === null ? null : (times[index] as Milliseconds) - startMs;
  return {
    hasOutput: chunks > 0,
    // With several answers each needs its end: one of them may be cut while the others are whole.
    finished: ended.length > 0 && (!areSeveral || ended.length === seen.length),
    failedReason: reasons.find((reason) => classifyFinishReason(reason) === 'failed') ?? null,
    apiError,
    malformed,
    lastOther,
    first_event_ms: since(firstChunk),
    first_choices_ms: since(firstChoices),
    first_output_ms: since(firstOutput),
    first_content_ms: since(firstContent),
    last_output_ms: since(lastOutput),
    last_chunk_ms: since(lastChunk),
    outputs: spans,
    chunks,
    reasoningChunks,
    usage: combineUsage(usages, areSeveral ? spans.length : 1, chunks),
    finishReason: reasons.at(-1) ?? null,
    response: (isUnknownOutput ? unknownTexts : texts).join(''),
    notes: noteUnknown(unknownFields, isUnknownOutput, reasons),
  };
}

/**
 * Answers that nobody asked for count where each has some chunks, and its own finish reason or chunks between those of
 * another: others give each chunk a number there, or each part of one answer.
 */
function areAnswers(outputs: ReadonlyMap<number, readonly Span[]>, ended: number, seen: number): boolean {
  if (outputs.size < 2) return false;
  const all = [...outputs.values()];
  if (all.some((spans) => spans.reduce((sum, { from, to }) => sum + to - from, 0) < 2)) return false;
  if (ended > 1 && ended >= seen) return true;
  const starts = all.map((spans) => (spans[0] as Span).from);
  const latest = starts.indexOf(Math.max(...starts));
  return all.some((spans, index) => index !== latest && (spans.at(-1) as Span).to > (starts[latest] as number));
}

/** The most notes of one answer. */
const MOST_NOTES = 5;

function addNew<T>(list: T[], item: T): void {
  if (!list.includes(item)) list.push(item);
}

/** What of an answer is not known: fields with text, finish reasons. */
function noteUnknown(fields: readonly string[], isOutput: boolean, reasons: readonly string[]): readonly string[] {
  const notes = fields.flatMap((field) => noteField(field, isOutput));
  for (const reason of reasons) if (classifyFinishReason(reason) === 'unknown') addNew(notes, noteReason(reason));
  return notes.slice(0, MOST_NOTES);
}

function noteField(field: string, isOutput: boolean): string[] {
  if (TOKEN_ID_FIELDS.includes(field)) return isOutput ? [`no text, but ${field}, counted as output`] : [];
  const end = isOutput ? ', counted as output' : ', not counted as output';
  return [`text in an unknown field: ${field}${end}`];
}

function noteReason(reason: string): string {
  return `a finish reason that is not known: ${reason}`;
}

/** Adds events to the last span when they follow it, else as a span of their own. */
function extend(spans: Span[], from: number, to: number): void {
  const last = spans.at(-1);
  if (last !== undefined && last.to === from) spans[spans.length - 1] = { from: last.from, to };
  else spans.push({ from, to });
}
