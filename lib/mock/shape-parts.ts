import { type AnswerPlan, headersDue } from './answer-plan.ts';
import type { Exchange } from './exchange.ts';
import type { Json } from './mock-api.ts';
import type { Shape, ShapeContext, WholeAnswer } from './shape.ts';
import { isOutput, type Step, type StreamEvent } from './step.ts';

/** The parts that several rows of the table of shapes are made of. */

type Chunk = NonNullable<Shape['chunk']>;
type Steps = NonNullable<Shape['steps']>;

/** The same chunk, its choices changed. */
export function mapChoices(json: Json, change: (choice: Json) => Json): Json {
  return Array.isArray(json['choices']) ? { ...json, choices: (json['choices'] as Json[]).map(change) } : json;
}

/** Changes the delta of each choice, or its message in an answer without streaming. */
export function inDelta(change: (delta: Json, event: StreamEvent, context: ShapeContext) => Json): Chunk {
  return (json, event, context) =>
    mapChoices(json, (choice) => {
      const field = 'message' in choice ? 'message' : 'delta';
      return Object.hasOwn(choice, field)
        ? { ...choice, [field]: change(choice[field] as Json, event, context) }
        : choice;
    });
}

/** Puts the text of one field of a delta into others. */
export function moveText(from: string, to: (text: string) => Json): Chunk {
  return inDelta((delta) => {
    const { [from]: text, ...rest } = delta;
    return typeof text === 'string' && text !== '' ? { ...rest, ...to(text) } : delta;
  });
}

/** Replaces the usage of an event by what `change` puts into the event. */
export function moveUsage(change: (usage: Json, rest: Json) => Json): Chunk {
  return (json) => {
    const { usage, ...rest } = json;
    return typeof usage === 'object' && usage !== null ? change(usage as Json, rest) : json;
  };
}

/** Writes `reason` in the place of the last finish reason. */
export function finishWith(reason: unknown): Chunk {
  return (json) =>
    mapChoices(json, (choice) => (choice['finish_reason'] === null ? choice : { ...choice, finish_reason: reason }));
}

/** Adds fields to every chunk. */
export function everyChunk(fields: Json): Chunk {
  return (json) => ({ ...json, ...fields });
}

/** An event that carries no token. */
function other(due: number, data: unknown, name?: string): StreamEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return { due, kind: 'other', tokens: 0, data: text, ...(name === undefined ? {} : { name }) };
}

/** One more event before all others, sent with the headers. */
export function opensWith(data: (plan: AnswerPlan) => Json): Steps {
  return function* (steps, plan) {
    yield other(headersDue(plan), data(plan));
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

/** One more event, `waitMs` after all others and before `[DONE]`. */
export function closesWith(data: unknown, waitMs: number): Steps {
  return function* (steps) {
    let wait = 0;
    for (const step of steps) {
      if (!('end' in step) && step.kind === 'done') {
        wait = waitMs;
        yield other(step.due + wait, data);
      }
      yield { ...step, due: step.due + wait };
    }
  };
}

/** Everything from the first event of a kind on comes later. */
export function delayFrom(kind: StreamEvent['kind'], waitMs: number): Steps {
  return function* (steps) {
    let wait = 0;
    for (const step of steps) {
      if (!('end' in step) && step.kind === kind) wait = waitMs;
      yield { ...step, due: step.due + wait };
    }
  };
}

/** After `outputs` chunks with output these events, and the end of the stream. */
export function breakAfter(outputs: number, events: readonly { data: unknown; name?: string }[]): Steps {
  return function* (steps, plan) {
    let seen = 0;
    let due = headersDue(plan);
    for (const step of steps) {
      if ('end' in step) return yield step;
      due = step.due;
      if (isOutput(step) && seen++ >= outputs) break;
      yield step;
    }
    for (const { data, name } of events)
      yield { ...other(due, data, name), kind: data === '[DONE]' ? 'done' : 'error' };
    yield { due, end: 'end', fault: 'error' };
  };
}

/** Falls silent after `outputs` chunks with output, or after the first event of a kind, until the client goes. */
export function silentAfter(place: number | StreamEvent['kind']): Steps {
  return function* (steps, plan) {
    let seen = 0;
    let due = headersDue(plan);
    if (place === 0) return yield silence(due);
    for (const step of steps) {
      if ('end' in step) break;
      yield step;
      due = step.due;
      if (isOutput(step)) seen++;
      if (seen === place || step.kind === place) break;
    }
    yield silence(due);
  };
}

function silence(due: number): Step {
  return { due, end: 'silent', fault: 'silent' };
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

/** A refusal in OpenAI's words. */
export function refusal(status: number, message: string, param: string | null, code: string | null): WholeAnswer {
  return { status, body: JSON.stringify({ error: { message, type: 'invalid_request_error', param, code } }) };
}

/** Sends the client elsewhere, once: a request that was sent here by a redirect is answered as usual. */
export function redirect(status: number, to: (url: URL, host: string) => string): NonNullable<Shape['reply']> {
  return (exchange, url) => {
    if (url.searchParams.has('redirected')) return false;
    sendRedirect(exchange, status, to(url, exchange.request.headers.host ?? ''));
    return true;
  };
}

export function sendRedirect(exchange: Exchange, status: number, location: string): void {
  exchange.timing.status = status;
  exchange.timing.fault = 'redirect';
  exchange.response.writeHead(status, { location, 'content-length': 0 });
  exchange.end({ due: 0, end: 'end', fault: null });
}

/** Writes bytes that are no HTTP answer of Node's own making, and then closes or waits until the client goes. */
export function rawReply(text: string, end: 'truncate' | 'silent'): NonNullable<Shape['reply']> {
  return (exchange) => {
    exchange.response.socket?.write(text);
    exchange.end({ due: 0, end, fault: 'raw' });
    return true;
  };
}
