import { planAnswer } from './answer-plan.ts';
import { type AnswerRequest, hasKey, keyIn, parseAnswerRequest, shownKey } from './answer-request.ts';
import type { Call } from './call.ts';
import { chooseFaults, shapeOf } from './choose-faults.ts';
import { now } from './clock.ts';
import type { MockOptions } from './knobs.ts';
import { BadRequest } from './mock-api.ts';
import { errorReply, type Reply, redirectReply, sendReply } from './reply.ts';
import { recordBody } from './timings-log.ts';
import { answerStream, answerWhole } from './write-answer.ts';

/**
 * Answers one request whose body has arrived.
 *
 * @param options of this request, its headers applied, faults not drawn yet
 * @param text    the body
 * @param pace    the factor that concurrency puts on all times now
 */
export function answer(call: Call, options: MockOptions, text: string, pace: () => number): void {
  const { api, timing, request: message } = call;
  timing.body_ms = now();
  if (!hasKey(message.headers, options, api)) {
    sendReply(call, options, errorReply(api, options, 401, { key: shownKey(keyIn(message.headers), options) }));
    return;
  }
  try {
    const request = parseAnswerRequest(text, api, message.headers, options.tokenizer);
    answerRequest(call, chooseFaults(options, text, timing.index), request, pace);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    sendReply(call, options, errorReply(api, options, 400, error.detail));
  }
}

/** Answers a request that is in order, with the faults it has drawn. */
function answerRequest(call: Call, options: MockOptions, request: AnswerRequest, pace: () => number): void {
  const { timing } = call;
  const { api } = shapeOf(options);
  if (api !== undefined && api !== call.api.path) {
    throw new BadRequest(`The shape ${options.shape} is one of ${api}`);
  }
  noteRequest(call, options, request);
  const reply = replyOf(call, options, request);
  if (reply !== null) {
    sendReply(call, options, reply);
    return;
  }
  const choices = (call.api.takesChoices && shapeOf(options).choices) || request.choices;
  const plan = planAnswer({ ...request, choices }, options, timing.index, pace);
  timing.id = plan.id;
  if (options.html200) {
    const body = '<html><body><h1>Sign in to the network</h1></body></html>';
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body, fault: 'html-200' };
    sendReply(call, options, page, plan.ttft);
  } else if (request.stream && !options.jsonInsteadOfStream) answerStream(call, plan);
  else answerWhole(call, plan);
}

/** What is sent in the place of an answer with tokens, or null. */
function replyOf(call: Call, options: MockOptions, request: AnswerRequest): Reply | null {
  const { pathname, searchParams } = call.url;
  const reply = shapeOf(options).reply?.(call, request) ?? null;
  if (reply !== null) return reply;
  if (options.redirect && !searchParams.has('redirected')) return redirectReply(307, `${pathname}?redirected=1`);
  if (options.resetAt === 'arrival') return { raw: '', end: 'reset', fault: 'reset' };
  if (options.status === null) return null;
  return errorReply(call.api, options, options.status, { key: shownKey(request.key, options) }, 'status');
}

function noteRequest({ api, timing }: Call, options: MockOptions, request: AnswerRequest): void {
  const isKept = (key: string) => options.keepMessages || !api.promptFields.includes(key);
  const kept = Object.fromEntries(Object.entries(request.body).filter(([key]) => isKept(key)));
  timing.stream = request.stream;
  timing.model = request.model;
  timing.shape = options.shape;
  timing.prompt_tokens = request.promptTokens;
  recordBody(timing, kept, JSON.stringify(kept).length * 2);
}
