import type { OutgoingHttpHeaders } from 'node:http';
import type { JsonObject } from '../shared/json.ts';
import { type AnswerPlan, headersDue } from './answer-plan.ts';
import type { AnswerRequest } from './answer-request.ts';
import type { Call } from './call.ts';
import type { MockOptions } from './knobs.ts';
import { jsonReply, type Reply, redirectReply } from './reply.ts';
import { isOutput, type Step, type StreamEvent } from './step.ts';

/** The way some service answers: what differs from an answer that is in order. Below are parts that several rows are made of. */
export interface Shape {
  /** What the service does, in one sentence; for the help text and the documents. */
  readonly does: string;
  /** The path of the only API that has it; every one where it is not there. */
  readonly api?: string;
  /** Knobs that are turned first. */
  readonly knobs?: Partial<MockOptions>;
  /** Choices of the answer, whatever the request asks for. */
  readonly choices?: number;
  /** What is sent in the place of an answer with tokens; null leaves the answer to the rest. */
  readonly reply?: (call: Call, request: AnswerRequest) => Reply | null;
  /** Status of a good answer, 200 by default. */
  readonly status?: number;
  /** More headers of a good answer. */
  readonly headers?: (plan: AnswerPlan) => OutgoingHttpHeaders;
  readonly encoding?: 'deflate' | 'br';
  /** The JSON of each chunk, and of an answer without streaming, as the service writes it. */
  readonly chunk?: (json: JsonObject, event: StreamEvent, plan: AnswerPlan) => JsonObject;
  /** An answer without streaming stops in its middle, and nothing more comes until the client goes. */
  readonly silent?: true;
  /** The answer without streaming, where it is none of a model's. */
  readonly whole?: unknown;
  /** The steps of a stream, as the service takes them. */
  readonly steps?: (steps: Iterable<Step>, plan: AnswerPlan) => Iterable<Step>;
  /** The text of each event with its lines, as the service writes it. */
  readonly frame?: (text: string, isFirst: boolean) => string;
}

export type Chunk = NonNullable<Shape['chunk']>;
type Steps = NonNullable<Shape['steps']>;
type ReplyTo = NonNullable<Shape['reply']>;

/** The same steps, the JSON of their chunks changed. */
export function* rewriteChunks(steps: Iterable<Step>, chunk: Chunk, plan: AnswerPlan): Generator<Step> {
  for (const step of steps) {
    const isChunk = !('end' in step) && step.kind !== 'error' && step.kind !== 'malformed' && step.data.startsWith('{');
    if (!isChunk) yield step;
    else yield { ...step, data: JSON.stringify(chunk(JSON.parse(step.data) as JsonObject, step, plan)) };
  }
}

/** The same chunk, its choices changed. */
export function mapChoices(json: JsonObject, change: (choice: JsonObject) => JsonObject): JsonObject {
  return Array.isArray(json['choices']) ? { ...json, choices: (json['choices'] as JsonObject[]).map(change) } : json;
}

/** Changes the delta of each choice, or its message in an answer without streaming. */
export function inDelta(change: (delta: JsonObject, event: StreamEvent, plan: AnswerPlan) => JsonObject): Chunk {
  return (json, event, plan) =>
    mapChoices(json, (choice) => {
      const field = 'message' in choice ? 'message' : 'delta';
      return Object.hasOwn(choice, field)
        ? { ...choice, [field]: change(choice[field] as JsonObject, event, plan) }
        : choice;
    });
}

/** Puts the text of one field of a delta into others. */
export function moveText(from: string, to: (text: string) => JsonObject): Chunk {
  return inDelta((delta) => {
    const { [from]: text, ...rest } = delta;
    return typeof text === 'string' && text !== '' ? { ...rest, ...to(text) } : delta;
  });
}

/** Replaces the usage of an event by what `change` makes of it and of the rest. */
export function moveUsage(change: (usage: JsonObject, rest: JsonObject) => JsonObject): Chunk {
  return (json) => {
    const { usage, ...rest } = json;
    return typeof usage === 'object' && usage !== null ? change(usage as JsonObject, rest) : json;
  };
}

/** Replaces the usage of an event by other fields. */
export function usageAs(fields: (usage: JsonObject) => JsonObject): Chunk {
  return moveUsage((usage, rest) => ({ ...rest, ...fields(usage) }));
}

/** Writes what `reason` makes of it in the place of each finish reason. */
export function finishAs(reason: (usual: unknown, plan: AnswerPlan) => unknown): Chunk {
  return (json, _, plan) =>
    mapChoices(json, (choice) => ({ ...choice, finish_reason: reason(choice['finish_reason'], plan) }));
}

/** An answer of `tokens` tokens, or of the usual number, with `reason` in the place of the last finish reason. */
export function finishesWith(reason: unknown, does: string, tokens?: number): Shape {
  return {
    does,
    knobs: tokens === undefined ? {} : { outputTokens: tokens },
    chunk: finishAs((usual) => (usual === null ? null : reason)),
  };
}

/** Adds fields to every chunk. */
export function everyChunk(fields: JsonObject): Chunk {
  return (json) => ({ ...json, ...fields });
}

/** An event that carries no token. */
function other(due: number, data: unknown, name?: string): StreamEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return { due, kind: 'other', tokens: 0, data: text, ...(name === undefined ? {} : { name }) };
}

/** One more event before all others, sent with the headers. */
export function opensWith(data: (plan: AnswerPlan) => JsonObject, name?: string): Steps {
  return function* (steps, plan) {
    yield other(headersDue(plan), data(plan), name);
    yield* steps;
  };
}

/** One more event between the tokens: before the second and every later chunk with output. */
export function between(data: unknown, name?: string): Steps {
  return function* (steps) {
    let outputs = 0;
    for (const step of steps) {
      if (!('end' in step) && isOutput(step) && outputs++ > 0) yield other(step.due, data, name);
      yield step;
    }
  };
}

/** Everything from the first event of a kind on comes later, after one more event where there is `data`. */
export function delayFrom(kind: StreamEvent['kind'], waitMs: number, data?: unknown, name?: string): Steps {
  return function* (steps) {
    let wait = 0;
    for (const step of steps) {
      if (!('end' in step) && step.kind === kind) {
        wait = waitMs;
        if (data !== undefined) yield other(step.due + wait, data, name);
      }
      yield { ...step, due: step.due + wait };
    }
  };
}

/** After `outputs` chunks with output these events, and the end of the stream. */
export function breakAfter(outputs: number, ...events: readonly { data: unknown; name?: string; raw?: true }[]): Steps {
  return function* (steps, plan) {
    let seen = 0;
    let due = headersDue(plan);
    for (const step of steps) {
      if ('end' in step) return yield step;
      due = step.due;
      if (isOutput(step) && seen++ >= outputs) break;
      yield step;
    }
    for (const { data, name, ...raw } of events) {
      yield { ...other(due, data, name), kind: data === '[DONE]' ? 'done' : 'error', ...raw };
    }
    yield { due, end: 'end', fault: 'error' };
  };
}

/** Falls silent after `outputs` chunks with output, or after the first event of a kind, until the client goes. */
export function silentAfter(place: number | StreamEvent['kind']): Steps {
  return function* (steps, plan) {
    let seen = 0;
    let due = headersDue(plan);
    for (const step of place === 0 ? [] : steps) {
      if ('end' in step) break;
      yield step;
      due = step.due;
      if (isOutput(step)) seen++;
      if (seen === place || step.kind === place) break;
    }
    yield { due, end: 'silent', fault: 'silent' };
  };
}

/** The event of kind `last` comes before that of kind `first`, which is the one before it otherwise. */
export function lastFirst(last: StreamEvent['kind'], first: StreamEvent['kind']): Steps {
  return function* (steps) {
    let held: Step | null = null;
    for (const step of steps) {
      const kind = 'end' in step ? null : step.kind;
      if (kind === first) held = step;
      else yield step;
      if (kind === last && held !== null) yield { ...held, due: step.due };
    }
  };
}

/** Leaves events out. */
export function without(isLeftOut: (event: StreamEvent) => boolean): Steps {
  return function* (steps) {
    for (const step of steps) if ('end' in step || !isLeftOut(step)) yield step;
  };
}

/** Every event gets a name: `event: NAME`. */
export function named(name: string): Steps {
  return function* (steps) {
    for (const step of steps) yield 'end' in step ? step : { ...step, name };
  };
}

/** Refuses, in OpenAI's words, the requests that `isRefused` picks. */
export function refuses(
  isRefused: (request: AnswerRequest) => boolean,
  message: string | ((request: AnswerRequest) => string),
  param: string | null = null,
  code: string | null = null,
): ReplyTo {
  return (_, request) => {
    if (!isRefused(request)) return null;
    const words = typeof message === 'string' ? message : message(request);
    return jsonReply(400, JSON.stringify({ error: { message: words, type: 'invalid_request_error', param, code } }));
  };
}

/** Sends the client elsewhere, once: a request that was sent here by a redirect is answered as usual. */
export function redirect(status: number, origin: (host: string) => string = () => ''): ReplyTo {
  return ({ url, request }) =>
    url.searchParams.has('redirected')
      ? null
      : redirectReply(status, `${origin(request.headers.host ?? '')}${url.pathname}?redirected=1`);
}
