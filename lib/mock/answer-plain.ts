import type { Milliseconds } from '../shared/units.ts';
import { connectionHeader, type Keys } from './answer-body.ts';
import type { AnswerPlan } from './answer-plan.ts';
import { shapeAnswer, shapeOf } from './apply-shape.ts';
import { type Exchange, sendHeaders } from './exchange.ts';
import { PLANNED_FAULT } from './inject-faults.ts';
import type { Write } from './pack-writes.ts';
import { playWrites } from './play-writes.ts';
import type { StreamEnd } from './step.ts';

/**
 * The whole answer in one body, when its last token is due.
 *
 * The faults of streams have their likeness here: a cut or malformed body ends in its middle, with a length that
 * says so; a reset or truncated one ends before its length; an error object comes in its place.
 */
export function answerPlain(exchange: Exchange, plan: AnswerPlan, keys: Keys): void {
  const { options, request, choiceTokens } = plan;
  if (request.stream) exchange.timing.fault = 'json-instead-of-stream';
  const due = lastTokenDue(plan);
  const text =
    options.errorAt === null
      ? shapeAnswer(JSON.stringify(request.api.whole(plan)), plan, keys.sent)
      : request.api.error(500, { message: PLANNED_FAULT, key: keys.shown });
  const isBroken = options.malformedAt !== null || options.cutAt !== null;
  const body = Buffer.from(isBroken ? text.slice(0, text.length >> 1) : text);
  const tokens = options.errorAt === null ? choiceTokens.reduce((sum, count) => sum + count, 0) : 0;
  const shape = shapeOf(options);
  exchange.after(due, () => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    sendHeaders(exchange, shape.status ?? 200, {
      ...headers,
      ...shape.headers?.({ plan, key: keys.sent }),
      ...connectionHeader(options),
    });
    playWrites(bodyWrites(body, plan, due, tokens), exchange, null);
  });
}

function lastTokenDue({ ttft, options, choiceTokens, nextGap }: AnswerPlan): Milliseconds {
  let due = ttft;
  for (let token = options.tokensPerChunk; token < Math.max(...choiceTokens); token++) due += nextGap();
  return due;
}

/** A body in one write; in two around a stall; or none or half of it and a rude end. */
function* bodyWrites(
  body: Buffer,
  { options }: AnswerPlan,
  due: Milliseconds,
  tokens: number,
): Generator<Write | StreamEnd> {
  const half = body.length >> 1;
  const events = [{ due, kind: tokens > 0 ? ('content' as const) : ('other' as const), tokens, data: '' }];
  if (shapeOf(options).silent) {
    yield { due, bytes: body.subarray(0, half), events: [] };
    yield { due, end: 'silent', fault: 'silent' };
  } else if (options.resetAt !== null || options.truncateAt !== null) {
    if (options.resetAt !== 'headers') yield { due, bytes: body.subarray(0, half), events: [] };
    const end = options.truncateAt === null ? 'reset' : 'truncate';
    yield { due, end, fault: end };
  } else if (options.stallAt !== null) {
    yield { due, bytes: body.subarray(0, half), events: [] };
    yield { due: due + options.stallMs, bytes: body.subarray(half), events };
    yield { due: due + options.stallMs, end: 'end', fault: null };
  } else {
    yield { due, bytes: body, events };
    yield { due, end: 'end', fault: faultOf(options) };
  }
}

function faultOf(options: AnswerPlan['options']): StreamEnd['fault'] {
  if (options.errorAt !== null) return 'error';
  return options.cutAt === null ? null : 'cut';
}
