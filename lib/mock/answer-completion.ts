import { answerBody, answerError, hasKey, type Keys, keysOf } from './answer-body.ts';
import { answerPlain } from './answer-plain.ts';
import { type AnswerPlan, planAnswer } from './answer-plan.ts';
import { type AnswerRequest, parseAnswerRequest } from './answer-request.ts';
import { answerStream } from './answer-stream.ts';
import { readPromptShape, shapeOf, turnShapeKnobs } from './apply-shape.ts';
import { now } from './clock.ts';
import type { Exchange } from './exchange.ts';
import { gateFaults } from './gate-faults.ts';
import type { MockOptions } from './knobs.ts';
import { BadRequest } from './mock-api.ts';
import { recordBody } from './timings-log.ts';

/**
 * Answers one completion request whose body has arrived.
 *
 * @param options of this request, its headers applied, faults not drawn yet
 * @param text    the body
 * @param pace    the factor that concurrency puts on all times now
 */
export function answerCompletion(
  exchange: Exchange,
  options: MockOptions,
  text: string,
  url: URL,
  pace: () => number,
): void {
  exchange.timing.bodyMs = now();
  if (!hasKey(exchange.request, options, exchange.api)) {
    answerError(exchange, options, 401, { key: keysOf(exchange.request, options).shown });
    return;
  }
  try {
    const request = parseAnswerRequest(text, exchange.api, exchange.request.headers);
    const drawn = gateFaults(readPromptShape(options, text), exchange.timing.index);
    answerRequest(exchange, turnShapeKnobs(drawn), request, url, pace);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    answerError(exchange, options, 400, error.detail);
  }
}

/** Answers a request that is in order, with the faults it has drawn. */
function answerRequest(
  exchange: Exchange,
  options: MockOptions,
  request: AnswerRequest,
  url: URL,
  pace: () => number,
): void {
  const { timing } = exchange;
  const keys = keysOf(exchange.request, options);
  const shape = shapeOf(options);
  const refused = shape.refuses?.(request) ?? null;
  noteRequest(exchange, options, request);
  if (shape.reply?.(exchange, url)) return;
  if (options.redirect && !url.searchParams.has('redirected')) {
    timing.fault = 'redirect';
    answerBody(exchange, options, 307, { location: `${url.pathname}?redirected=1` }, '');
  } else if (options.resetAt === 'arrival') {
    exchange.end({ due: 0, end: 'reset', fault: 'reset' });
  } else if (options.status !== null) {
    timing.fault = 'status';
    answerError(exchange, options, options.status, { key: keys.shown });
  } else if (refused !== null) {
    timing.fault = 'refused';
    answerBody(exchange, options, refused.status, { 'content-type': 'application/json' }, refused.body);
  } else {
    const plan = planAnswer({ ...request, choices: shape.choices ?? request.choices }, options, timing.index, pace);
    timing.id = plan.id;
    answerPlan(exchange, plan, keys);
  }
}

function answerPlan(exchange: Exchange, plan: AnswerPlan, keys: Keys): void {
  const { options, request } = plan;
  if (options.html200) {
    exchange.timing.fault = 'html-200';
    const page = '<html><body><h1>Sign in to the network</h1></body></html>';
    answerBody(exchange, options, 200, { 'content-type': 'text/html' }, page, plan.ttft);
  } else if (!request.stream || options.jsonInsteadOfStream) {
    answerPlain(exchange, plan, keys);
  } else {
    answerStream(exchange, plan, keys);
  }
}

function noteRequest({ timing }: Exchange, options: MockOptions, request: AnswerRequest): void {
  const rest = Object.entries(request.body).filter(([key]) => !request.api.promptFields.includes(key));
  timing.stream = request.stream;
  timing.model = request.model;
  timing.shape = options.shape;
  timing.promptTokens = request.promptTokens;
  const kept = options.keepMessages ? request.body : Object.fromEntries(rest);
  recordBody(timing, kept, JSON.stringify(kept).length * 2);
}
