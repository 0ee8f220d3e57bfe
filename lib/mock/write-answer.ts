import type { Milliseconds } from '../shared/units.ts';
import { type AnswerPlan, headersDue } from './answer-plan.ts';
import { shownKey } from './answer-request.ts';
import type { Call } from './call.ts';
import { shapeOf } from './choose-faults.ts';
import { createCompressor, type Encoding } from './compressors.ts';
import { injectFaults, injectPings, PLANNED_FAULT } from './inject-faults.ts';
import type { MockOptions } from './knobs.ts';
import { connectionHeader } from './reply.ts';
import { rewriteChunks, type Shape } from './shape-parts.ts';
import type { StreamEnd, StreamEvent } from './step.ts';
import { dropFinalNewline, frameEvents, packWrites, type Write } from './stream-writes.ts';
import { sum } from './usage.ts';

/** Streams an answer as server-sent events. */
export function answerStream(call: Call, plan: AnswerPlan): void {
  const { options } = plan;
  const shape = shapeOf(options);
  const encoding = shape.encoding ?? gzipOf(call, options);
  call.after(headersDue(plan), () => {
    call.sendHeaders(shape.status ?? 200, {
      'content-type': plan.request.api.isLines ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      ...(encoding === null ? {} : { 'content-encoding': encoding }),
      ...shape.headers?.(plan),
      ...connectionHeader(options),
    });
    call.play(streamWrites(plan, shape), encoding === null ? null : createCompressor(encoding));
  });
}

/** The way of a stream from tokens to bytes, each stage a generator that is drawn from as time goes on. */
function streamWrites(plan: AnswerPlan, { chunk, steps: change, frame }: Shape): Iterator<Write | StreamEnd> {
  const { options, request } = plan;
  const steps = injectFaults(injectPings(request.api.events(plan), plan), plan);
  const rewritten = chunk === undefined ? steps : rewriteChunks(steps, chunk, plan);
  const changed = change === undefined ? rewritten : change(rewritten, plan);
  const framed = frameEvents(changed, options, frame, request.api.isLines);
  const ended = options.noFinalNewline === 'off' ? framed : dropFinalNewline(framed, options.noFinalNewline);
  return packWrites(ended, options);
}

function gzipOf({ request }: Call, { gzip }: MockOptions): Encoding | null {
  const accepts = String(request.headers['accept-encoding'] ?? '').includes('gzip');
  return gzip === 'forced' || (gzip === 'accepted' && accepts) ? 'gzip' : null;
}

/** The event that a shape sees for an answer in one piece: it belongs to no token. */
const WHOLE_ANSWER: StreamEvent = { due: 0, kind: 'content', tokens: 0, data: '' };

/**
 * The whole answer in one body, when its last token is due.
 *
 * The faults of streams have their likeness here: a cut or malformed body ends in its middle, with a length that
 * says so; a reset or truncated one ends before its length; an error object comes in its place.
 */
export function answerWhole(call: Call, plan: AnswerPlan): void {
  const { options, request } = plan;
  const shape = shapeOf(options);
  if (request.stream) call.timing.fault = 'json-instead-of-stream';
  const due = lastTokenDue(plan);
  const text = wholeText(plan);
  const isBroken = options.malformedAt !== null || options.cutAt !== null;
  const body = Buffer.from(isBroken ? text.slice(0, text.length >> 1) : text);
  call.after(due, () => {
    call.sendHeaders(shape.status ?? 200, {
      'content-type': 'application/json',
      'content-length': body.length,
      ...shape.headers?.(plan),
      ...connectionHeader(options),
    });
    call.play(bodyWrites(body, plan, due));
  });
}

function wholeText(plan: AnswerPlan): string {
  const { options, request } = plan;
  const { whole, chunk } = shapeOf(options);
  if (options.errorAt !== null) {
    return request.api.error(500, { message: PLANNED_FAULT, key: shownKey(request.key, options) });
  }
  if (whole !== undefined) return JSON.stringify(whole);
  const answer = request.api.whole(plan);
  return JSON.stringify(chunk === undefined ? answer : chunk(answer, WHOLE_ANSWER, plan));
}

function lastTokenDue({ ttft, options, choiceTokens, nextGap }: AnswerPlan): Milliseconds {
  let due = ttft;
  for (let token = options.tokensPerChunk; token < Math.max(...choiceTokens); token++) due += nextGap();
  return due;
}

/** A body in one write; in two around a stall; or none or half of it and a rude end. */
function* bodyWrites(body: Buffer, plan: AnswerPlan, due: Milliseconds): Generator<Write | StreamEnd> {
  const { resetAt, truncateAt, stallAt, stallMs, errorAt, cutAt } = plan.options;
  const tokens = errorAt === null ? sum(plan.choiceTokens) : 0;
  const events: StreamEvent[] = [{ due, kind: tokens > 0 ? 'content' : 'other', tokens, data: '' }];
  const firstHalf = { due, bytes: body.subarray(0, body.length >> 1), events: [] };
  const isSilent = shapeOf(plan.options).silent;
  const rude = isSilent ? 'silent' : truncateAt !== null ? 'truncate' : resetAt !== null ? 'reset' : null;
  if (rude !== null) {
    if (resetAt !== 'headers') yield firstHalf;
    yield { due, end: rude, fault: rude };
    return;
  }
  const end = due + (stallAt === null ? 0 : stallMs);
  if (stallAt !== null) yield firstHalf;
  yield { due: end, bytes: stallAt === null ? body : body.subarray(body.length >> 1), events };
  yield { due: end, end: 'end', fault: errorAt !== null ? 'error' : cutAt !== null ? 'cut' : null };
}
